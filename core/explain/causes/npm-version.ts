import type { Explainer } from '../explainer.ts';
import { isNpmPackage, npmOf } from '../npm-package.ts';

const words = { old: 'npm 6 or older', new: 'npm 7 or newer' };

export const npmVersion: Explainer = {
  meta: {
    id: 'npm-version',
    title: 'Another npm packed it',
    remedy: 'Pack with the npm that the other side used: `npx npm@6 pack` or `npx npm@10 pack`.',
    looksLike: 'pkg.tgz  gzip_os\n  a: 255 (unknown): npm 7 or newer\n  b: 3 (Unix): npm 6 or older',
    why: 'npm writes the .tgz itself. Since npm 7 it compresses at level 9 with a header that does not depend on the system; before that the level was the default of zlib and the header named the system (3 on Linux, 19 on macOS, 10 on Windows).',
    fixes: {
      npm: '`"packageManager": "npm@10.9.4"` in package.json, and `npx npm@10 publish`',
      pnpm: 'it packs by itself: publish with one of the two, always the same',
    },
    stands: 'origin',
    needs: ['fields', 'names'],
    proposes: ['tool'],
  },
  explain({ deltas }) {
    const header = deltas.filter(
      (delta) =>
        delta.kind === 'metadata' &&
        (delta.field === 'gzip_xfl' || delta.field === 'gzip_os') &&
        isNpmPackage(delta),
    );
    const [first] = header;
    const [a, b] = [npmOf(first?.archiveA?.fields), npmOf(first?.archiveB?.fields)];
    if (a === undefined || b === undefined || a === b) return undefined;
    return {
      confidence: 'likely',
      evidence: header.map((delta) => ({
        delta,
        a: `${delta.a}: ${words[a]}`,
        b: `${delta.b}: ${words[b]}`,
      })),
      change: { kind: 'tool', name: 'npm', version: a === 'old' ? '6' : '10' },
    };
  },
};
