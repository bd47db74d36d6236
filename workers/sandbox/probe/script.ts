import type { Canary } from '#schemas/place.ts';

/** Namespaces that a build must have for itself (namespaces(7)). */
export const namespaceNames = ['mnt', 'pid', 'net', 'ipc', 'uts'] as const;

/**
 * Says of itself how it is confined; runs as a step does, before the first. Its arguments are, for each canary, its file,
 * that file's folder and the device and inode of the folder. All that it prints is bounded, and nothing of it is a name
 * that an earlier build could have chosen.
 */
const script = `
cat /proc/self/status
echo == interfaces
cut -d: -f1 /proc/net/dev
echo == namespaces
for name in ${namespaceNames.join(' ')}; do echo "$name $(readlink /proc/self/ns/$name)"; done
echo == left
for folder in /work /tmp /dev/shm; do
  echo "$folder $(find "$folder" -mindepth 1 ! -path /work/in ! -path /work/home -printf . 2>/dev/null | head -c 1000 | wc -c)"
done
echo == canaries
while [ $# -ge 3 ]; do
  nonce=none write=no
  if [ -f "$1" ] && [ ! -L "$1" ]; then nonce=$(head -c 64 -- "$1" 2>/dev/null); fi
  case $nonce in ''|*[!0-9a-f]*) nonce=none ;; esac
  if [ "$(stat -L -c %d:%i -- "$2" 2>/dev/null)" = "$3" ] && ( : >"$2/.assay-reach-$$" ) 2>/dev/null; then
    write=yes
    rm -f -- "$2/.assay-reach-$$"
  fi
  echo "$nonce $write"
  shift 3
done
`;

/** The command of a probe for these canaries, to be run inside as a step is. */
export function probeCommand(canaries: readonly Canary[]): string[] {
  const tried = canaries.flatMap(({ file, folder }) => [
    file,
    file.slice(0, Math.max(1, file.lastIndexOf('/'))),
    folder,
  ]);
  return ['/bin/sh', '-c', script, 'probe', ...tried];
}

/** More than a probe ever prints. */
export const probeBytesMax = 65_536;
