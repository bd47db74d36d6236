import type { Explainer } from '../explainer.ts';

const ownerFields = new Set(['uid', 'gid', 'uname', 'gname']);

export const owner: Explainer = {
  meta: {
    id: 'owner',
    title: 'User or group of whoever built it is recorded',
    remedy:
      'tar --owner=0 --group=0 --numeric-owner; in Python, a tarfile filter that clears uid, gid, uname and gname.',
    looksLike: 'pkg/m.py  uid\n  a: 1000\n  b: 0',
    why: 'tar and ar record number and name of the owner and group of each file, and these are of the account that built it.',
    fixes: {
      tar: '`--owner=0 --group=0 --numeric-owner`',
      ar: '`ar rcD`',
      setuptools: 'the sdist built as root in a container, or repacked',
      npm: '`npm pack` writes none',
      Maven: 'maven-assembly-plugin: `<overrideUid>` and `<overrideGid>`',
      dpkg: '`dpkg-deb --root-owner-group`',
      Docker: '`COPY --chown=0:0`',
    },
    needs: ['fields'],
  },
  explain({ deltas }) {
    const evidence = deltas
      .filter(({ kind, field }) => kind === 'metadata' && ownerFields.has(field ?? ''))
      .map((delta) => ({ delta, a: delta.a, b: delta.b }));
    return evidence.length === 0 ? undefined : { confidence: 'likely', evidence };
  },
};
