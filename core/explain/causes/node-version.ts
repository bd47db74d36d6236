import { shortestMatch } from '../compressors.ts';
import type { Explainer } from '../explainer.ts';
import { isNpmPackage, npmOf } from '../npm-package.ts';

/** The zlib of Chromium looks for matches of 4 bytes since the one that Node.js 18 has, and of 3 before. */
function nodeOf(shortest: number | undefined): 'old' | 'new' | undefined {
  return shortest === undefined ? undefined : shortest === 3 ? 'old' : 'new';
}

const words = { old: 'Node.js 16 or older', new: 'Node.js 18 or newer' };

export const nodeVersion: Explainer = {
  meta: {
    id: 'node-version',
    title: 'npm packed it on another Node.js',
    remedy: 'Pack with the same release line of Node.js: 18 to 24 compress alike, and so do 14 and 16.',
    looksLike:
      'pkg.tgz  gzip_deflate\n  a: 2839 bytes, sha256 c816…: Node.js 16 or older\n  b: 2783 bytes, sha256 0087…: Node.js 18 or newer',
    why: 'npm compresses with the zlib in Node.js. That of 18 and newer looks for matches of at least 4 bytes, that of 16 and older for 3, so that the same tar becomes another stream; the header is the same.',
    fixes: {
      npm: '`"engines"` and a version of Node.js in the job that publishes, such as `node-version: 22`',
      Docker: '`FROM node:22` by digest',
    },
    stands: 'origin',
    needs: ['fields', 'content'],
    proposes: ['tool'],
  },
  explain(facts) {
    for (const delta of facts.deltas) {
      if (delta.kind !== 'metadata' || delta.field !== 'gzip_deflate' || !isNpmPackage(delta)) continue;
      // npm 6 compressed at another level: then the stream says nothing of Node.js.
      if (npmOf(delta.archiveA?.fields) !== 'new' || npmOf(delta.archiveB?.fields) !== 'new')
        return undefined;
      const packed = facts.packed(delta);
      if (packed === undefined) return undefined;
      const [a, b] = [nodeOf(shortestMatch(packed.a)), nodeOf(shortestMatch(packed.b))];
      if (a === undefined || b === undefined || a === b) return undefined;
      return {
        confidence: 'likely',
        evidence: [{ delta, a: `${delta.a}: ${words[a]}`, b: `${delta.b}: ${words[b]}` }],
        change: { kind: 'tool', name: 'node', version: a === 'old' ? '16' : '22' },
      };
    }
    return undefined;
  },
};
