import { excerpts } from '../excerpt.ts';
import type { PartList } from '../part-list.ts';
import { hunksOf } from '../sequence/hunks.ts';
import { Interner } from '../sequence/interner.ts';
import { matchSequences } from '../sequence/match-sequences.ts';
import type { Range } from '../sequence/myers.ts';
import type { Work } from '../work.ts';

/** A line that is longer is told by its places, not as a whole. */
export const longLineMin = 400;

const tokensMax = 200_000;
/** Words that two places must have between them to be two. */
const apartMin = 4;
/** Characters that are shown around a place. */
const around = 20;

interface LongLine {
  readonly name: string;
  readonly a: string;
  readonly b: string;
  /** Offset in `a`'s content of a place in the line. */
  offsetOf(place: number): number | undefined;
}

interface Tokens {
  readonly ids: Int32Array;
  readonly starts: Int32Array;
}

/** Words, and all else one character at a time. The last start is the end. */
function tokensOf(line: string, interner: Interner): Tokens | undefined {
  const ids: number[] = [];
  const starts: number[] = [];
  for (const match of line.matchAll(/\w{1,64}|[^\w]/g)) {
    if (ids.length === tokensMax) return undefined;
    ids.push(interner.idOf(match[0]));
    starts.push(match.index);
  }
  starts.push(line.length);
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
  const { name, a, b } = line;
  work.spend(4 * (a.length + b.length));
  const interner = new Interner();
  const [tokensA, tokensB] = [tokensOf(a, interner), tokensOf(b, interner)];
  if (tokensA === undefined || tokensB === undefined) {
    const offset = line.offsetOf(0);
    parts.add({ kind: 'changed', name, ...excerpts(a, b), ...(offset === undefined ? {} : { offset }) });
    return;
  }
  const matches = matchSequences(tokensA.ids, tokensB.ids, swapped, work);
  for (const hunk of joined(hunksOf(matches, tokensB.ids.length))) {
    const [startA = 0, endA = 0] = [tokensA.starts[hunk.aStart], tokensA.starts[hunk.aEnd]];
    const [startB = 0, endB = 0] = [tokensB.starts[hunk.bStart], tokensB.starts[hunk.bEnd]];
    const shown = excerpts(
      a.slice(Math.max(0, startA - around), endA + around),
      b.slice(Math.max(0, startB - around), endB + around),
    );
    const offset = line.offsetOf(startA);
    parts.add({
      kind: 'changed',
      name: `${name}, byte ${startA + 1}`,
      ...shown,
      ...(offset === undefined ? {} : { offset }),
    });
  }
}
