import type { ComparisonFacts } from '#core/compare/facts.ts';
import type { Delta } from '#core/compare/delta.ts';
import { contentViews } from '../content-views.ts';
import type { Evidence, Explainer } from '../explainer.ts';
import { differingTokens } from '../tokens.ts';

/** The hash in main.3f2a9c1d.js, chunk-BYtUIy5Q.mjs and style-a1b2c3d4e5f6.css. */
const hash =
  /(?<=[A-Za-z0-9][.\-_])(?=[A-Za-z_-]{0,20}\d)(?:[0-9a-f]{6,64}|[A-Za-z0-9_-]{8,22})(?=\.[a-z0-9]{1,8}(?:\.(?:map|gz|br|txt))?(?![\w]))/g;
const pairsMax = 5000;

interface Renamed {
  readonly missing: Delta;
  readonly extra: Delta;
}

/** Members of each side that are the other's but for a hash in the name; of several alike nobody can say which is which. */
function renamed({ deltas }: ComparisonFacts): Renamed[] {
  const shapes = new Map<string, { missing: Delta[]; extra: Delta[] }>();
  for (const delta of deltas) {
    if (delta.kind !== 'missing' && delta.kind !== 'extra') continue;
    const name = delta.path.at(-1) ?? '';
    const shape = JSON.stringify([...delta.path.slice(0, -1), name.replace(hash, '\0')]);
    if (!shape.includes(String.raw`\u0000`) || shapes.size > pairsMax) continue;
    const own = shapes.get(shape) ?? { missing: [], extra: [] };
    shapes.set(shape, own);
    own[delta.kind].push(delta);
  }
  return [...shapes.values()].flatMap(({ missing: [missing, ...more], extra: [extra, ...others] }) =>
    missing === undefined || extra === undefined || more.length + others.length > 0
      ? []
      : [{ missing, extra }],
  );
}

function hashOf(delta: Delta): string | undefined {
  return delta.path.at(-1)?.match(hash)?.[0];
}

export const contentHashInName: Explainer = {
  meta: {
    id: 'content-hash-in-name',
    title: 'A file is named by a hash of its content, which differs',
    remedy:
      'Find what differs in the file itself: unpack both and compare the two files by themselves with `assay diff`. The name goes with it.',
    looksLike:
      'dist/main.3f2a9c1d.js\n  a: file, 41822 bytes\n  b: absent\ndist/main.9e8d7c6b.js\n  a: absent\n  b: file, 41822 bytes',
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
    const evidence: Evidence[] = pairs.flatMap(({ missing, extra }) =>
      [missing, extra].map((delta) => ({ delta, a: missing.path.at(-1), b: extra.path.at(-1) })),
    );
    const hashes = new Map(pairs.map(({ missing, extra }) => [hashOf(missing), hashOf(extra)]));
    for (const { delta, view } of contentViews(facts)) {
      const tokens = differingTokens(view, hash, ({ a, b }) => hashes.get(a) === b);
      evidence.push(...tokens.map(({ a, b, offset }) => ({ delta, a, b, offset })));
    }
    return { confidence: 'likely', evidence };
  },
};
