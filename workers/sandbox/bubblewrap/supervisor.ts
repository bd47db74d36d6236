import {
  assayFolder,
  gatewayPortInSandbox,
  gatewaySocketInSandbox,
  inputsFolder,
  workFolder,
} from '../layout.ts';

/** Where the outer sandbox keeps the one size-limited memory file system of an attempt. */
export const diskFolder = `${assayFolder}/disk`;

/** The attempt's inputs, read-only, before they are copied. */
export const givenFolder = `${assayFolder}/given`;

/** The compiled seccomp profile, given to the inner bwrap as descriptor 8. */
export const filterFile = `${assayFolder}/filter.bpf`;
export const filterDescriptor = 8;

/** Connections at once to the gateway; each is a process of socat. */
export const gatewayConnectionsMax = 64;

/**
 * The supervisor: our own code between the host and the build, PID 2 of the outer sandbox, run by the root file
 * system's /bin/sh. Values come as arguments, never as text of the script:
 *
 *     PROBE-COUNT PROBE-ARGV… (step COUNT ARGV…)… outputs PATH…
 *
 * where each ARGV is a whole inner bwrap command. An inner bwrap has a PID namespace of its own: when it has ended,
 * every process of the step has. On descriptor 3, which no process of the build ever holds, it reports, one line each, with bytes after `probe` and `file`:
 *
 *     probe SIZE · ready · full · start INDEX · end INDEX CODE FREE-BYTES FREE-INODES · file INDEX SIZE · done · fault TEXT
 *
 * Before `end` each stream of the log carries a NUL: all that the step wrote has come before it.
 */
export const supervisorScript = `
set -u
umask 022
exec </dev/null
fault() { printf 'fault %s\\n' "$1" >&3; exit 1; }

# first COUNT ARGUMENT...: runs the command that the first COUNT arguments are
first() {
  count=$1; shift; total=$#; at=0
  for argument in "$@"; do
    [ "$at" -lt "$count" ] || break
    at=$((at + 1)); set -- "$@" "$argument"
  done
  shift "$total"
  echo 500 >/proc/self/oom_score_adj
  exec "$@"
}

# linked PATH: whether a part of PATH below the work folder is a symbolic link
linked() {
  rest=$1; path=${diskFolder}/work
  while :; do
    path=$path/\${rest%%/*}
    [ -L "$path" ] && return 0
    case $rest in */*) rest=\${rest#*/} ;; *) return 1 ;; esac
  done
}

# That all of it is new is for the probe to find out.
mkdir -p ${diskFolder}/work ${diskFolder}/work/in ${diskFolder}/work/home ${diskFolder}/tmp ${diskFolder}/shm &&
  chmod 1777 ${diskFolder}/tmp ${diskFolder}/shm && mkfifo ${assayFolder}/out ${assayFolder}/err ||
  fault 'the work folder could not be made'

probe=$(first "$@" 3>&- ${filterDescriptor}<${filterFile}) || fault 'the inner sandbox could not be made'
printf 'probe %s\\n%s' "\${#probe}" "$probe" >&3
shift $(($1 + 1))

if [ -S ${gatewaySocketInSandbox} ]; then
  socat TCP-LISTEN:${gatewayPortInSandbox},bind=127.0.0.1,fork,reuseaddr,backlog=128,max-children=${gatewayConnectionsMax} \\
    UNIX-CONNECT:${gatewaySocketInSandbox} >/dev/null 2>&1 3>&- &
  tries=0
  until grep -qi '0100007F:${gatewayPortInSandbox.toString(16).padStart(4, '0')} [0-9A-F:]* 0A' /proc/net/tcp; do
    tries=$((tries + 1)); [ "$tries" -lt 500 ] || fault 'the forwarder to the gateway does not listen'
    sleep 0.01
  done
fi

if ! cp -R --preserve=mode,timestamps -- ${givenFolder}/. ${inputsFolder.replace(workFolder, `${diskFolder}/work`)}/; then
  [ "$(stat -f -c %a ${diskFolder})" -eq 0 ] && { printf 'full\\n' >&3; exit 0; }
  fault 'the inputs could not be copied'
fi
printf 'ready\\n' >&3

index=0
while [ "$1" = step ]; do
  shift
  printf 'start %s\\n' "$index" >&3
  cat <${assayFolder}/out 3>&- & out=$!
  cat <${assayFolder}/err >&2 3>&- & err=$!
  ( first "$@" ) >${assayFolder}/out 2>${assayFolder}/err 3>&- ${filterDescriptor}<${filterFile}
  code=$?
  wait "$out" "$err"
  printf '\\0'; printf '\\0' >&2
  printf 'end %s %s %s\\n' "$index" "$code" "$(stat -f -c '%a %S %d' ${diskFolder} | { read -r blocks size inodes; echo $((blocks * size)) "$inodes"; })" >&3
  [ "$code" -eq 0 ] || { printf 'done\\n' >&3; exit 0; }
  shift $(($1 + 1)); index=$((index + 1))
done

shift
index=0
for output in "$@"; do
  file=${diskFolder}/work/$output
  if ! linked "$output" && [ -f "$file" ] && [ -r "$file" ]; then
    printf 'file %s %s\\n' "$index" "$(stat -c %s -- "$file")" >&3
    cat -- "$file" >&3 || exit 1
  fi
  index=$((index + 1))
done
printf 'done\\n' >&3
`;
