import type { Explainer } from '../explainer.ts';

export const renamedFile: Explainer = {
  meta: {
    id: 'renamed-file',
    title: 'A file has another name',
    stands: 'remainder',
    remedy:
      'Find what gives it its name (a version, a target, a folder of the build tool) and give that the same value in both builds.',
    looksLike: 'old/a.txt\n  is new/a.txt in the second file (the same content under another name)',
    why: 'The two builds ran with another version or name of the package, another prefix or target, or from another source.',
    fixes: {
      git: 'build both from one tag',
      'make, CMake': 'the same `prefix`, `DESTDIR` and build type',
      npm: '`npm pack` puts all below `package/`: repack by it',
      dpkg: 'the same version in debian/changelog',
    },
    needs: ['names'],
  },
  explain({ deltas }) {
    const evidence = deltas
      .filter(({ kind, pairedBy }) => kind === 'renamed' && pairedBy !== 'role')
      .map((delta) => ({ delta, a: delta.a, b: delta.b }));
    return evidence.length === 0 ? undefined : { confidence: 'likely', evidence };
  },
};
