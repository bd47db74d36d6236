import { excerpts } from '../excerpt.ts';
import type { PartList } from '../part-list.ts';
import { hunksOf } from '../sequence/hunks.ts';
import { Interner } from '../interner.ts';
import { matchSequences } from '../sequence/match-sequences.ts';
import type { Range } from '../sequence/myers.ts';
import type { Work } from '../work.ts';

/** A line that is longer is told by its places, not as a whole. */
export const longLineMin = 400;

/** What is longer between the common beginning and end of two lines is one place. */
const differingMax = 256 * 1024;
/** Words that two places must have between them to be two. */
const apartMin = 4;
/** Characters that are shown around a place. */
const around = 20;

interface LongLine {
  readonly name: string;
  readonly a: string;
  readonly b: string;
  /** Offset in `a`'s content of a place in the line. */
  readonly offsetOf: (place: number) => number | undefined;
}

interface Tokens {
  readonly ids: Int32Array;
  readonly starts: Int32Array;
}

/** Words, and all else one character at a time. The last start is the end. */
function tokensOf(line: string, from: number, to: number, interner: Interner): Tokens {
  const ids: number[] = [];
  const starts: number[] = [];
  for (const match of line.slice(from, to).matchAll(/\w{1,64}|[^\w]/g)) {
    ids.push(interner.idOf(match[0]));
    starts.push(from + match.index);
  }
  starts.push(to);
  return { ids: Int32Array.from(ids), starts: Int32Array.from(starts) };
}

/** Places that lie close together as one. */
function joined(hunks: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const hunk of hunks) {
    const last = result.at(-1);
    if (last !== undefined && hunk.aStart - last.aEnd < apartMin)
      result[result.length - 1] = { ...last, aEnd: hunk.aEnd, bEnd: hunk.bEnd };
    else result.push(hunk);
  }
  return result;
}

/** A long line (of a minified script, say) as the places in it that differ. @throws WorkSpent */
export function addLongLineParts(line: LongLine, swapped: boolean, parts: PartList, work: Work): void {
  const { a, b } = line;
  const shorter = Math.min(a.length, b.length);
  work.spend(shorter >> 2);
  let prefix = 0;
  while (prefix < shorter && a.charCodeAt(prefix) === b.charCodeAt(prefix)) prefix += 1;
  let suffix = 0;
  while (
    suffix < shorter - prefix &&
    a.charCodeAt(a.length - 1 - suffix) === b.charCodeAt(b.length - 1 - suffix)
  )
    suffix += 1;
  // Whole words.
  while (prefix > 0 && /\w/.test(a[prefix - 1] ?? '')) prefix -= 1;
  while (suffix > 0 && /\w/.test(a[a.length - suffix] ?? '')) suffix -= 1;
  const [endA, endB] = [a.length - suffix, b.length - suffix];
  if (Math.max(endA, endB) - prefix > differingMax) {
    addPlace(line, [prefix, endA], [prefix, endB], parts);
    return;
  }
  work.spend(4 * (endA + endB - 2 * prefix));
  const interner = new Interner();
  const tokensA = tokensOf(a, prefix, endA, interner);
  const tokensB = tokensOf(b, prefix, endB, interner);
  const matches = matchSequences(tokensA.ids, tokensB.ids, swapped, work);
  for (const { aStart, aEnd, bStart, bEnd } of joined(hunksOf(matches, tokensB.ids.length))) {
    const placeA = [tokensA.starts[aStart] ?? endA, tokensA.starts[aEnd] ?? endA] as const;
    const placeB = [tokensB.starts[bStart] ?? endB, tokensB.starts[bEnd] ?? endB] as const;
    addPlace(line, placeA, placeB, parts);
  }
}

type Place = readonly [start: number, end: number];

function addPlace({ name, a, b, offsetOf }: LongLine, inA: Place, inB: Place, parts: PartList): void {
  const piece = (line: string, [start, end]: Place) => line.slice(Math.max(0, start - around), end + around);
  const offset = offsetOf(inA[0]);
  parts.add({
    kind: 'changed',
    name: `${name}, byte ${inA[0] + 1}`,
    ...excerpts(piece(a, inA), piece(b, inB)),
    ...(offset === undefined ? {} : { offset }),
  });
}
