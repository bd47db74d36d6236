import { gatewayPortInSandbox, gatewaySocketInSandbox, workFolder } from '../layout.ts';

/** A small volume apart: the supervisor leaves there how the step ended; the hand-over reads it afterwards. */
export const reportFolder = '/run/assay/report';
export const reportFile = `${reportFolder}/end`;

const portInHex = gatewayPortInSandbox.toString(16).toUpperCase().padStart(4, '0');

/**
 * What runs as process 1 of a step's container: forwards the gateway, runs the step (`"$@"`, in `$1` below the work
 * folder, without the variables `$3` that engine and shell added), then writes down its exit code and what the container's cgroup counted, and exits 0. Any other exit code means
 * that the container was ended from outside. When process 1 ends, the kernel ends every process of the container.
 *
 * After the step nothing is forked (only built-ins of dash): the step may have left no process to be had. A build that
 * tampers with the report can only worsen its own verdict.
 */
export const stepScript = `
folder=$1 forward=$2 hidden=$3
shift 3
listening() {
  while read -r number address remote state rest; do
    case "$address $state" in *:${portInHex}' 0A') return 0 ;; esac
  done </proc/net/tcp
  return 1
}
if [ "$forward" = yes ]; then
  /usr/bin/socat TCP-LISTEN:${gatewayPortInSandbox},bind=127.0.0.1,reuseaddr,fork,max-children=32 \\
    UNIX-CONNECT:${gatewaySocketInSandbox} </dev/null >/dev/null 2>&1 &
  until listening; do
    kill -0 $! 2>/dev/null || exit 70
  done
fi
( cd -- "${workFolder}/$folder" && unset $hidden && exec "$@" )
code=$?
{
  echo "exit $code"
  for file in pids/pids.events pids.events memory/memory.oom_control memory.events cpuacct/cpuacct.usage cpu.stat; do
    if [ -r "/sys/fs/cgroup/$file" ]; then
      while read -r line; do echo "$file $line"; done <"/sys/fs/cgroup/$file"
    fi
  done
} >${reportFile} 2>/dev/null
exit 0
`;
