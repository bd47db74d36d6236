import type { ContentView } from '#core/compare/content-view.ts';
import { hunksOf } from '#core/inspect/sequence/hunks.ts';
import { Interner } from '#core/inspect/interner.ts';
import { matchSequences } from '#core/inspect/sequence/match-sequences.ts';
import { countOf, differingLines } from '#core/inspect/text/lines.ts';
import { pairLines } from '#core/inspect/text/pair-lines.ts';
import { ownCopy } from '#core/text/own-copy.ts';
import { Work, WorkSpent } from '#core/inspect/work.ts';
import type { ChangedLine, Line } from './line.ts';
import { printableRuns, runsAtDifferences } from './printable-runs.ts';
import { viewLines, type SideLines } from './view-lines.ts';

/** Which lines of two contents are each other, changed, and which only one side has. Equal ones are left out. */
export interface Alignment {
  readonly changed: readonly ChangedLine[];
  readonly removed: readonly Line[];
  readonly added: readonly Line[];
}

const nothing: Alignment = { changed: [], removed: [], added: [] };
/** Lines of each side that are matched, and those that explainers are given. */
const matchedMax = 20_000;
const givenMax = 500;
const unitsMax = 8 * 1024 ** 2;

/** Most explainers ask the same of each content. */
const known = new WeakMap<ContentView, Alignment>();

/** Matches the lines of two texts, or the printable runs of two binaries. Bounded: of long ones the beginning. */
export function alignLines(view: ContentView): Alignment {
  const found = known.get(view) ?? align(view);
  known.set(view, found);
  return found;
}

function align(view: ContentView): Alignment {
  if (view.text !== undefined) return alignTexts(view, view.text);
  if (view.a.bytes.byteLength === view.b.bytes.byteLength)
    return { ...nothing, changed: runsAtDifferences(view.a, view.b, givenMax) };
  const interner = new Interner();
  const [a, b] = [printableRuns(view.a, view.b), printableRuns(view.b, view.a)].map((runs) =>
    sequenceOf(runs.slice(0, matchedMax), interner),
  );
  return a === undefined || b === undefined ? nothing : match(a, b, isSwapped(view));
}

/** Lines that are matched by their numbers. */
interface Sequence {
  readonly ids: Int32Array;
  lineAt(at: number): Line;
}

function sequenceOf(lines: readonly Line[], interner: Interner): Sequence {
  return {
    ids: Int32Array.from(lines, ({ text }) => interner.idOf(text)),
    lineAt: (at) => lines[at] ?? { text: '', offset: 0 },
  };
}

/** The same order for the same two contents, whichever is `a`: so that they are always matched the same way. */
function isSwapped({ a, b }: ContentView): boolean {
  return Buffer.compare(a.bytes, b.bytes) > 0;
}

function alignTexts(view: ContentView, { a, b }: { readonly a: string; readonly b: string }): Alignment {
  const lines = viewLines(view);
  if (lines === undefined) return nothing;
  const { start, endA, endB } = differingLines(a, b);
  const first = countOf(a, '\n', 0, start);
  const { changed, removed, added } = match(
    between(a, lines.a, { start, end: endA, first }, lines.empty),
    between(b, lines.b, { start, end: endB, first }, lines.empty),
    isSwapped(view),
  );
  // A window's ends are cut anywhere, so that a line of one side alone says nothing.
  return view.a.whole && view.b.whole ? { changed, removed, added } : { ...nothing, changed };
}

/** The lines from `start` to `end`, which is behind a line end or the end of all, and an empty one behind the last line end. */
function between(
  text: string,
  { texts, ids, offsets }: SideLines,
  { start, end, first }: { readonly start: number; readonly end: number; readonly first: number },
  empty: number,
): Sequence {
  const ended = countOf(text, '\n', start, end);
  const own = Int32Array.from(ids.subarray(first, first + Math.min(ended + 1, matchedMax)));
  const endsInside = end < text.length;
  if (endsInside && ended < matchedMax) own[ended] = empty;
  return {
    ids: own,
    lineAt: (at) => ({
      text: endsInside && at === ended ? '' : (texts[first + at] ?? ''),
      offset: offsets[first + at] ?? 0,
    }),
  };
}

function match(a: Sequence, b: Sequence, swapped: boolean): Alignment {
  const work = new Work(unitsMax);
  const lines = ({ lineAt }: Sequence, start: number, end: number) =>
    Array.from({ length: end - start }, (_, at) => lineAt(start + at));
  const changed: ChangedLine[] = [];
  const removed: Line[] = [];
  const added: Line[] = [];
  try {
    for (const hunk of hunksOf(matchSequences(a.ids, b.ids, swapped, work), b.ids.length)) {
      const own = lines(a, hunk.aStart, hunk.aEnd);
      const other = lines(b, hunk.bStart, hunk.bEnd);
      const pairs = pairsOf(own, other, swapped, work);
      const [pairedA, pairedB] = [new Set(pairs.map(([x]) => x)), new Set(pairs.map(([, y]) => y))];
      for (const [x, y] of pairs) {
        const [one, two] = [own[x], other[y]];
        if (one !== undefined && two !== undefined)
          changed.push({ a: one.text, b: two.text, offset: one.offset });
      }
      removed.push(...own.filter((_, at) => !pairedA.has(at)).slice(0, givenMax));
      added.push(...other.filter((_, at) => !pairedB.has(at)).slice(0, givenMax));
      if (changed.length >= givenMax || removed.length + added.length >= 2 * givenMax) break;
    }
  } catch (error) {
    if (!(error instanceof WorkSpent)) throw error;
  }
  return {
    changed: changed
      .slice(0, givenMax)
      .map(({ a: one, b: two, offset }) => ({ a: ownCopy(one), b: ownCopy(two), offset })),
    removed: removed.slice(0, givenMax).map(owned),
    added: added.slice(0, givenMax).map(owned),
  };
}

/** Without the text that it was cut out of. */
function owned({ text, offset }: Line): Line {
  return { text: ownCopy(text), offset };
}

function pairsOf(
  a: readonly Line[],
  b: readonly Line[],
  swapped: boolean,
  work: Work,
): readonly (readonly [number, number])[] {
  if (a.length === b.length) return a.map((_, at) => [at, at] as const);
  const texts = (lines: readonly Line[]) => lines.map(({ text }) => text);
  if (!swapped) return pairLines(texts(a), texts(b), work) ?? [];
  return (pairLines(texts(b), texts(a), work) ?? []).map(([y, x]) => [x, y] as const);
}
