import type { ContentView } from '#core/compare/content-view.ts';
import { buildIdsOf, type BuildId } from '../build-ids.ts';
import { contentViews } from '../content-views.ts';
import type { Evidence, Explainer } from '../explainer.ts';

interface Pair {
  readonly a: BuildId;
  readonly b: BuildId;
}

function otherIds({ a, b, text }: ContentView): Pair[] {
  if (text !== undefined || a.start !== 0 || b.start !== 0) return [];
  const ofB = new Map(buildIdsOf(b.bytes).map((id) => [id.kind, id]));
  return buildIdsOf(a.bytes).flatMap((one) => {
    const other = ofB.get(one.kind);
    return other === undefined || other.value === one.value ? [] : [{ a: one, b: other }];
  });
}

/** Whether the two are the same outside of their ids, wherever in a file an id is repeated. */
function nothingElse({ a, b }: ContentView, pairs: readonly Pair[]): boolean {
  if (!a.whole || !b.whole || a.bytes.byteLength !== b.bytes.byteLength) return false;
  const [copyA, copyB] = [Buffer.from(a.bytes), Buffer.from(b.bytes)];
  for (const pair of pairs) {
    if (pair.a.start !== pair.b.start || pair.a.end !== pair.b.end) return false;
    blank(copyA, pair.a);
    blank(copyB, pair.b);
  }
  return copyA.equals(copyB);
}

const copiesMax = 8;

function blank(bytes: Buffer, { start, end }: BuildId): void {
  const id = Buffer.from(bytes.subarray(start, end));
  let at = bytes.indexOf(id);
  for (let copies = 0; at !== -1 && copies < copiesMax; copies += 1) {
    bytes.fill(0, at, at + id.byteLength);
    at = bytes.indexOf(id, at + id.byteLength);
  }
}

export const buildId: Explainer = {
  meta: {
    id: 'build-id',
    title: 'The build id that the linker writes differs',
    remedy:
      'Where other bytes of the file differ, too, it goes with those: it is a digest of them. Where it alone differs, it is random, or a digest of what was stripped afterwards, such as paths in debug information: map these, or link with -Wl,--build-id=none.',
    looksLike: 'usr/lib/libx.so  offset 584\n  a: GNU build id 3f1c9a02…\n  b: GNU build id 90be77d1…',
    why: 'Linkers identify what they make by a digest of it (GNU build id, LC_UUID of Mach-O, Go build id) or by a new random number (GUID of a .pdb). It is taken before strip, so that what strip removes shows in it.',
    fixes: {
      'gcc, clang': '`-ffile-prefix-map=$PWD=.`, or `-Wl,--build-id=none`',
      go: '`go build -trimpath -ldflags=-buildid=`',
      rustc: '`--remap-path-prefix`, or `-C link-arg=-Wl,--build-id=none`',
      MSVC: '`/Brepro`',
      'Apple ld': '`-Wl,-no_uuid`, or `-reproducible`',
      dpkg: 'debhelper maps paths by DEB_BUILD_OPTIONS=reproducible=+fixfilepath',
    },
    needs: ['content'],
  },
  explain(facts) {
    const evidence: Evidence[] = [];
    let likely = false;
    for (const { delta, view } of contentViews(facts)) {
      const pairs = otherIds(view);
      if (pairs.length === 0) continue;
      const alone = nothingElse(view, pairs);
      likely ||= alone;
      const say = ({ kind, value }: BuildId) =>
        `${kind} ${value}${alone ? ', and nothing else differs' : ''}`;
      evidence.push(...pairs.map(({ a, b }) => ({ delta, offset: a.start, a: say(a), b: say(b) })));
    }
    return evidence.length === 0 ? undefined : { confidence: likely ? 'likely' : 'possible', evidence };
  },
};
