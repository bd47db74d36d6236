import type { Canary, WorkerPlace } from '#schemas/place.ts';
import { readIdentity } from '../place/identity.ts';
import { findRootEquivalents, type AskUnrestricted } from '../place/root-equivalent.ts';
import { tryCanaries } from '../place/try-canaries.ts';

/** Who and where this process is, and what it can reach. `sockets` are the container engines that it uses. */
export async function lookAround(
  canaries: readonly Canary[],
  sockets: readonly string[],
  ask: AskUnrestricted,
): Promise<WorkerPlace> {
  const [identity, rootEquivalent, tried] = await Promise.all([
    readIdentity(),
    findRootEquivalents(sockets, ask),
    tryCanaries(canaries),
  ]);
  return { identity, rootEquivalent, canaries: tried };
}
