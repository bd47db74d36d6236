import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Identity } from '#schemas/place.ts';

/** Who this process is to its kernel. Linux only (proc_sys_kernel(5), user_namespaces(7)). */
export async function readIdentity(): Promise<Identity> {
  const [bootId, uids, gids] = await Promise.all(
    ['/proc/sys/kernel/random/boot_id', '/proc/self/uid_map', '/proc/self/gid_map'].map((path) =>
      readFile(path, 'utf8'),
    ),
  );
  const own = [process.getegid?.() ?? 0, ...(process.getgroups?.() ?? [])];
  return {
    // The boot id itself is nobody's business.
    host: createHash('sha256').update(`assay host ${bootId?.trim()}`).digest('hex'),
    uid: outsideId(uids ?? '', process.geteuid?.() ?? 0),
    gids: [...new Set(own.map((gid) => outsideId(gids ?? '', gid)))].slice(0, 256),
  };
}

/** `id` as the namespace around ours knows it, by /proc/self/uid_map: lines of first id inside, first outside, count. */
export function outsideId(map: string, id: number): number {
  for (const line of map.split('\n')) {
    const [inside, outside, count] = line.trim().split(/\s+/).map(Number);
    if (inside === undefined || outside === undefined || count === undefined) continue;
    if (id >= inside && id < inside + count) return outside + id - inside;
  }
  return id;
}
