import type { ComparisonFacts } from '#core/compare/facts.ts';
import { contentViews } from '../content-views.ts';
import type { Evidence, Explainer } from '../explainer.ts';
import { nameLines, type NameLine } from '../name-lines.ts';
import { hashInName } from '../renamings.ts';
import { differingTokens } from '../tokens.ts';

/** Members of which the names differ by a hash alone, and the contents differ, too. */
function renamed(facts: ComparisonFacts): NameLine[] {
  return nameLines(facts).filter(
    ({ delta, a, b }) =>
      a.replace(hashInName, '\0') === b.replace(hashInName, '\0') &&
      delta.entryA?.content?.sha256 !== delta.entryB?.content?.sha256,
  );
}

function hashOf(name: string): string | undefined {
  return name.match(hashInName)?.[0];
}

export const contentHashInName: Explainer = {
  meta: {
    id: 'content-hash-in-name',
    title: 'A file is named by a hash of its content, which differs',
    stands: 'consequence',
    remedy:
      'Find what differs in the file itself, which is compared under both names. The name goes with it.',
    looksLike:
      'dist/main.3f2a9c1d.js\n  is dist/main.9e8d7c6b.js in the second file\n  content as text (first at byte 412)',
    why: 'Bundlers put a hash of the content into the name, so that caches never serve an old file: one byte that differs makes another name, and another line wherever the name is written.',
    fixes: {
      webpack:
        '`output.filename: "[name].[contenthash].js"` with `optimization.realContentHash: true`: never `[fullhash]`, which follows the whole build',
      'rollup, esbuild': 'hashes follow the content: look for the time, path or order in it',
    },
    needs: ['names', 'content'],
  },
  explain(facts) {
    const pairs = renamed(facts);
    if (pairs.length === 0) return undefined;
    const evidence: Evidence[] = pairs.map(({ delta, a, b }) => ({ delta, a, b }));
    const hashes = new Map(pairs.map(({ a, b }) => [hashOf(a), hashOf(b)]));
    for (const { delta, view } of contentViews(facts)) {
      const tokens = differingTokens(view, hashInName, ({ a, b }) => hashes.get(a) === b);
      evidence.push(...tokens.map(({ a, b, offset }) => ({ delta, a, b, offset })));
    }
    return { confidence: 'likely', evidence };
  },
};
