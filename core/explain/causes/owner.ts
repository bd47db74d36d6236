import type { Explainer } from '../explainer.ts';

const ownerFields = new Set(['uid', 'gid', 'uname', 'gname']);

export const owner: Explainer = {
  meta: {
    id: 'owner',
    title: 'User or group of whoever built it is recorded',
    remedy:
      'tar --owner=0 --group=0 --numeric-owner; in Python, a tarfile filter that clears uid, gid, uname and gname.',
    needs: ['fields'],
  },
  explain({ deltas }) {
    const evidence = deltas
      .filter(({ kind, field }) => kind === 'metadata' && ownerFields.has(field ?? ''))
      .map((delta) => ({ delta, a: delta.a, b: delta.b }));
    return evidence.length === 0 ? undefined : { confidence: 'likely', evidence };
  },
};
