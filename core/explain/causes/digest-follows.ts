import type { ContentView } from '#core/compare/content-view.ts';
import type { ComparisonFacts } from '#core/compare/facts.ts';
import type { Evidence, Explainer } from '../explainer.ts';
import { renamingsOf, textsOf } from '../without-consequences.ts';

function plain(name: string): string {
  return name.replace(/^\.\//, '');
}

/** Each name on the way to what differs: of a member, and of the archives that it is in. */
function differingNames({ deltas }: ComparisonFacts): ReadonlySet<string> {
  return new Set(deltas.flatMap(({ path, pathB = [] }) => [...path, ...pathB].map(plain)));
}

/** A list of digests in which only those of members differ that differ themselves: md5sums, SHA256SUMS. */
function listsOnly({ inside }: ContentView, names: ReadonlySet<string>): boolean {
  if (inside?.format !== 'checksums' || inside.parts.length === 0) return false;
  return inside.parts.every(({ name }) => names.has(plain(name)));
}

export const digestFollows: Explainer = {
  meta: {
    id: 'digest-follows',
    title: 'Digests differ because what they are digests of does',
    stands: 'consequence',
    remedy: 'Nothing to do here: it goes when the other differences go.',
    looksLike:
      'blobs/sha256/1f3c…\n  is blobs/sha256/9b02… in the second file (layer 3 of linux/amd64)\nindex.json  offset 112\n  a: "digest":"sha256:77ab…","size":1024\n  b: "digest":"sha256:c310…","size":1024',
    why: 'The parts of a container image are named by their digests, and its index, manifests and configurations list these: one byte that differs in a layer changes each of them. So does a list of checksums.',
    fixes: {},
    needs: ['content', 'names'],
  },
  explain(facts) {
    const evidence: Evidence[] = [];
    const renamings = renamingsOf(facts);
    const names = differingNames(facts);
    for (const delta of facts.deltas) {
      if (delta.kind === 'renamed' && delta.pairedBy === 'role') {
        evidence.push({ delta, a: delta.a, b: delta.b });
        continue;
      }
      const view = delta.kind === 'content' ? facts.view(delta) : undefined;
      const text = textsOf(view);
      if (view === undefined || text === undefined) continue;
      if (!listsOnly(view, names) && renamings.withDigests(text.b) !== text.a) continue;
      evidence.push({ delta, offset: view.offset });
    }
    return evidence.length === 0 ? undefined : { confidence: 'likely', evidence };
  },
};
