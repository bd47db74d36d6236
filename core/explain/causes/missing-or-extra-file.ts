import type { Explainer } from '../explainer.ts';

export const missingOrExtraFile: Explainer = {
  meta: {
    id: 'missing-or-extra-file',
    title: 'One side has files that the other has not',
    remedy:
      'Build from a clean checkout of the release tag, and declare what goes into the package (MANIFEST.in, package-data, "files"): files left over from earlier builds or missing from the source are the usual reason.',
    needs: ['names'],
  },
  explain({ deltas }) {
    const evidence = deltas
      .filter(({ kind }) => kind === 'missing' || kind === 'extra')
      .map((delta) => ({ delta, a: delta.a, b: delta.b }));
    return evidence.length === 0 ? undefined : { confidence: 'likely', evidence };
  },
};
