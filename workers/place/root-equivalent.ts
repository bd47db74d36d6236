import { access, constants, readFile, stat } from 'node:fs/promises';

/**
 * Capabilities (capabilities(7), by number) with any of which a process of the host's own user namespace can become
 * root, read any file or any process's memory, or leave its namespaces.
 */
const dangerous: Readonly<Record<string, number>> = {
  CAP_CHOWN: 0,
  CAP_DAC_OVERRIDE: 1,
  CAP_DAC_READ_SEARCH: 2,
  CAP_FOWNER: 3,
  CAP_SETGID: 6,
  CAP_SETUID: 7,
  CAP_SYS_MODULE: 16,
  CAP_SYS_RAWIO: 17,
  CAP_SYS_CHROOT: 18,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_ADMIN: 21,
  CAP_MKNOD: 27,
  CAP_SETFCAP: 31,
  CAP_MAC_ADMIN: 33,
  CAP_BPF: 39,
};

/** Sockets of container engines, where they are by default. */
const engineSockets = [
  '/var/run/docker.sock',
  '/run/podman/podman.sock',
  '/run/containerd/containerd.sock',
  '/run/crio/crio.sock',
];

/**
 * What an engine answered to a request for a container with the host's root folder in it, which is never started:
 * `unrestricted` it would be had, `refused` something in between forbids it, `silent` nothing answers.
 */
export type AskUnrestricted = (socket: string) => Promise<'unrestricted' | 'refused' | 'silent'>;

/**
 * Everything found that makes this process as good as root on its host, in words; empty where nothing was. `sockets` are
 * engines that it uses, beside those where engines usually are. Unknown counts as found.
 */
export async function findRootEquivalents(
  sockets: readonly string[],
  ask: AskUnrestricted,
): Promise<string[]> {
  const [status, map] = await Promise.all([
    readFile('/proc/self/status', 'utf8'),
    readFile('/proc/self/uid_map', 'utf8'),
  ]);
  return [...heldByProcess(status, map), ...(await reachedEngines(sockets, ask))].slice(0, 16);
}

/** From /proc/self/status and /proc/self/uid_map. Root of a user namespace of its own is nobody outside. Pure. */
export function heldByProcess(status: string, uidMap: string): string[] {
  const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1];
  const initial = /^\s*0\s+0\s+4294967295\s*$/.test(uidMap);
  const permitted = field('CapPrm');
  const uid = /^Uid:\s*\d+\s+(\d+)/m.exec(status)?.[1];
  if (permitted === undefined || !/^[0-9a-f]{1,16}$/.test(permitted) || uid === undefined)
    return ['what it may do could not be read'];
  if (!initial) return [];
  const held = BigInt(`0x${permitted}`);
  const names = Object.entries(dangerous).flatMap(([name, bit]) =>
    (held >> BigInt(bit)) % 2n === 1n ? [name] : [],
  );
  return [
    ...(uid === '0' ? ['it runs as root'] : []),
    ...(names.length === 0
      ? []
      : [`it holds ${names.length > 4 ? `${names.length} capabilities of root` : names.join(', ')}`]),
  ];
}

async function reachedEngines(sockets: readonly string[], ask: AskUnrestricted): Promise<string[]> {
  const seen = new Set<string>();
  const found: string[] = [];
  for (const socket of [...sockets, ...engineSockets]) {
    const id = await reachable(socket);
    if (id === undefined || seen.has(id)) continue;
    seen.add(id);
    const answer = await ask(socket);
    if (answer === 'unrestricted') found.push(`the container engine at ${socket} makes it any container`);
    // What cannot be asked this way (containerd, CRI-O) is a socket of root all the same.
    if (answer === 'silent' && !sockets.includes(socket)) found.push(`it may write to ${socket}`);
  }
  return found.map((text) => text.slice(0, 200));
}

/** Device and inode of a socket that this process may connect to. */
async function reachable(socket: string): Promise<string | undefined> {
  try {
    const found = await stat(socket);
    if (!found.isSocket()) return undefined;
    await access(socket, constants.W_OK);
    return `${found.dev}:${found.ino}`;
  } catch {
    return undefined;
  }
}
