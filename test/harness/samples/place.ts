import type { Canary, Identity, WorkerPlace } from '#schemas/place.ts';

/** Where the attester of the samples is. */
export const signerIdentity: Identity = { host: 'a'.repeat(64), uid: 901, gids: [901] };

/** What it laid out. */
export const canaries: readonly Canary[] = (['key', 'scratch'] as const).map((place, at) => ({
  id: String(at).repeat(64),
  place,
  file: `/srv/${place}/.assay-canary`,
  folder: `1:${at}`,
}));

/** A rebuild worker of another user on the same host, which tried all of it in vain. */
export const workerPlace: WorkerPlace = {
  identity: { host: signerIdentity.host, uid: 902, gids: [902] },
  rootEquivalent: [],
  canaries: canaries.flatMap(({ id }) =>
    (['worker', 'sandbox'] as const).map((from) => ({ id, from, read: false, write: false })),
  ),
};
