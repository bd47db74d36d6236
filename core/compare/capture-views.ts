import type { ByteSource } from '#core/archive/byte-source.ts';
import { Cuts } from '#core/archive/cuts.ts';
import type { DecodedStreams } from '#core/archive/decoded-streams.ts';
import type { ContentFacts } from '#core/archive/entry.ts';
import type { ReadLimits } from '#core/archive/limits.ts';
import { inspectWindows, type DifferingRange, type WindowPair } from '#core/inspect/bytes/inspect-windows.ts';
import { inspect, type Inspected } from '#core/inspect/inspect.ts';
import { Work } from '#core/inspect/work.ts';
import type { Part } from '#schemas/comparison.ts';
import type { Cut } from '#schemas/cut.ts';
import { ownCopy } from '#core/text/own-copy.ts';
import { capture, rangeOfInterest, wholeBytesMax, type Range, type Window } from './capture.ts';
import { Texts, viewContent, type ContentView } from './content-view.ts';
import type { Delta } from './delta.ts';
import { differingBlocks, furtherPlaces } from './differing-ranges.ts';
import type { ComparisonFacts } from './facts.ts';
import { packedBytes } from './packed-bytes.ts';

/** Captured bytes of both sides together. */
const capturedBytesMax = 24 * 1024 ** 2;
/** What a pair of contents counts for at least: what is found of a small one takes more memory than its bytes. */
const pairBytesMin = 2048;
/** Units of work for all looks inside together; about one a byte. */
const unitsMax = 512 * 1024 ** 2;
const fileWindowBytes = 65_536;
/** Of each further place in a large file. */
const placeBytes = 512;

/** Without the texts that its values were cut out of. */
function owned(part: Part): Part {
  const copy = (value: string | null) => (value === null ? null : ownCopy(value));
  return {
    ...part,
    name: ownCopy(part.name),
    ...(part.a === undefined ? {} : { a: copy(part.a) }),
    ...(part.b === undefined ? {} : { b: copy(part.b) }),
  };
}

interface Further {
  readonly windows?: readonly WindowPair[];
  readonly ranges?: readonly DifferingRange[];
}

/** Looks inside contents, within one budget for all. */
class Looks {
  readonly #cuts: Cuts;
  readonly #work = new Work(unitsMax);

  constructor(cuts: Cuts) {
    this.#cuts = cuts;
  }

  /** `further`: of contents that are not looked at as a whole, what else of them differs. */
  inside(name: string, further: () => Further): (a: Window, b: Window) => Inspected | undefined {
    return (a, b) => {
      if (!a.whole || !b.whole) {
        const { windows = [], ranges = [] } = further();
        return inspectWindows([{ a, b }, ...windows], ranges);
      }
      const found = inspect(name, a.bytes, b.bytes, this.#work, () => {
        this.#cuts.add('uninspected', 'some contents took more work than a look inside may');
      });
      return found === undefined ? undefined : { ...found, parts: found.parts.map(owned) };
    };
  }
}

/** The file itself differs and is no archive: all of it, or a look around its first difference. */
function viewFiles(a: ByteSource, b: ByteSource, offset: number, looks: Looks): ContentView {
  const whole = Math.max(a.size, b.size) <= wholeBytesMax;
  const start = whole ? 0 : Math.max(0, offset - 1024);
  const window = (source: ByteSource): Window => {
    const bytes = source.read(start, whole ? source.size : fileWindowBytes);
    return { start, bytes, whole: start === 0 && bytes.byteLength === source.size };
  };
  const further = (): Further => ({
    windows: furtherPlaces(a, b, start + fileWindowBytes).map((place) => {
      const piece = (source: ByteSource) => ({ bytes: source.read(place, placeBytes), start: place });
      return { a: piece(a), b: piece(b) };
    }),
  });
  return viewContent(window(a), window(b), looks.inside('', further));
}

interface Pair {
  readonly delta: Delta;
  readonly a: ContentFacts;
  readonly b: ContentFacts;
  readonly idA: string;
  readonly idB: string;
}

/** Shares the bytes that may be captured among the contents: the smallest first, so that few large ones starve nobody. */
function shareOut(pairs: readonly Pair[], cuts: Cuts): Map<Pair, Range> {
  const ranges = new Map<Pair, Range>();
  const bySize = [...pairs].sort(
    (one, other) => Math.max(one.a.size, one.b.size) - Math.max(other.a.size, other.b.size),
  );
  let left = capturedBytesMax;
  for (const pair of bySize) {
    const range = rangeOfInterest(pair.a, pair.b, Math.floor(left / 2));
    const cost = Math.max(2 * (range.end - range.start), pairBytesMin);
    if (cost > left) {
      cuts.add('uninspected', `contents beyond ${capturedBytesMax} bytes of them were only digested`);
      break;
    }
    left -= cost;
    ranges.set(pair, range);
  }
  return ranges;
}

/**
 * Reads both files once more for the bytes of each content that differs, or those around its first difference, and
 * looks inside; all within budgets of bytes and units of work. `decoded`: what the first reading of each file kept.
 */
export async function captureViews(
  a: ByteSource,
  b: ByteSource,
  root: readonly [ContentFacts, ContentFacts],
  limits: ReadLimits,
  deltas: readonly Delta[],
  decoded: readonly [DecodedStreams?, DecodedStreams?] = [],
): Promise<{ facts: ComparisonFacts; cut: Cut[] }> {
  const pairs: Pair[] = [];
  const views = new Map<Delta, ContentView>();
  const cuts = new Cuts();
  const looks = new Looks(cuts);
  const texts = new Texts();
  for (const delta of deltas) {
    if (delta.kind !== 'content' && delta.kind !== 'bytes') continue;
    const { entryA, entryB } = delta;
    if (entryA === undefined && delta.offset !== undefined) {
      if (Math.max(root[0].size, root[1].size) > 0) {
        views.set(delta, viewFiles(a, b, delta.offset, looks));
      }
    } else if (entryA?.content !== undefined && entryB?.content !== undefined) {
      pairs.push({ delta, a: entryA.content, b: entryB.content, idA: entryA.id, idB: entryB.id });
    }
  }
  const ranges = shareOut(pairs, cuts);
  if (ranges.size > 0) {
    const wanted = (side: (pair: Pair) => readonly [string, number]) =>
      new Map(
        [...ranges].map(([pair, range]) => {
          const [id, size] = side(pair);
          return [id, { ...range, size }] as const;
        }),
      );
    const windowsA = await capture(
      a,
      limits,
      wanted(({ idA, a: { size } }) => [idA, size]),
      decoded[0],
    );
    const windowsB = await capture(
      b,
      limits,
      wanted(({ idB, b: { size } }) => [idB, size]),
      decoded[1],
    );
    for (const streams of decoded) streams?.clear();
    // In the order of the differences, so that the work is spent in that order, too.
    for (const { delta, idA, idB, a: contentA, b: contentB } of pairs) {
      const [windowA, windowB] = [windowsA.get(idA), windowsB.get(idB)];
      if (windowA === undefined || windowB === undefined) continue;
      const further = (): Further => ({
        ranges: differingBlocks(contentA, contentB, windowA.start + windowA.bytes.byteLength),
      });
      const look = looks.inside(delta.path.at(-1) ?? '', further);
      views.set(delta, viewContent(windowA, windowB, look, texts));
    }
  }
  const facts: ComparisonFacts = {
    deltas,
    view: (delta) => views.get(delta),
    packed: (delta) => packedBytes(a, b, delta),
  };
  return { facts, cut: cuts.list() };
}
