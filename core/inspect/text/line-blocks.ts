import { hunksOf } from '../sequence/hunks.ts';
import { Interner } from '../interner.ts';
import { matchSequences } from '../sequence/match-sequences.ts';
import type { Work } from '../work.ts';
import { countOf, type Places } from './lines.ts';

/** Runs of whole lines of two texts, `first` being the number of each one's first line. */
export interface LineBlock {
  readonly startA: number;
  readonly endA: number;
  readonly startB: number;
  readonly endB: number;
  readonly firstA: number;
  readonly firstB: number;
}

const linesMax = 1024;
/** A block ends behind a line of which these bits are zero: every 64 lines or so. */
const boundaryMask = 63;
/** Characters at each end of a line that its bits come from. */
const lookedAt = 24;

/** Whether a block ends behind a line. It depends on that line alone, so that both sides' blocks end alike. */
function isBoundary(utf8: string, start: number, end: number): boolean {
  let hash = end - start;
  for (let at = start; at < Math.min(start + lookedAt, end); at += 1)
    hash = (Math.imul(hash, 31) + utf8.charCodeAt(at)) | 0;
  for (let at = Math.max(start, end - lookedAt); at < end; at += 1)
    hash = (Math.imul(hash, 31) + utf8.charCodeAt(at)) | 0;
  return ((hash ^ (hash >>> 11)) & boundaryMask) === 0;
}

function blocksOf(
  utf8: string,
  from: number,
  to: number,
  interner: Interner,
): { starts: number[]; ids: Int32Array } {
  const starts = [from];
  const ids: number[] = [];
  let lines = 0;
  let start = from;
  for (let at = from; at < to;) {
    const feed = utf8.indexOf('\n', at);
    const next = feed === -1 || feed >= to ? to : feed + 1;
    lines += 1;
    if (next === to || lines === linesMax || isBoundary(utf8, at, next)) {
      ids.push(interner.idOf(utf8.slice(start, next)));
      starts.push(next);
      start = next;
      lines = 0;
    }
    at = next;
  }
  return { starts, ids: Int32Array.from(ids) };
}

/**
 * The runs of lines that differ between two long texts, from `start` to their ends: whole blocks of lines are matched
 * first, so that what a diff costs follows from what differs. @throws WorkSpent
 */
export function differingBlocks(
  a: string,
  b: string,
  { start, endA, endB }: Places,
  swapped: boolean,
  work: Work,
): LineBlock[] {
  work.spend((endA + endB - 2 * start) >> 1);
  const interner = new Interner();
  const blocksA = blocksOf(a, start, endA, interner);
  const blocksB = blocksOf(b, start, endB, interner);
  const matches = matchSequences(blocksA.ids, blocksB.ids, swapped, work);
  let [atA, atB, firstA, firstB] = [0, 0, 1, 1];
  return hunksOf(matches, blocksB.ids.length).map(({ aStart, aEnd, bStart, bEnd }) => {
    const [startA = endA, startB = endB] = [blocksA.starts[aStart], blocksB.starts[bStart]];
    firstA += countOf(a, '\n', atA, startA);
    firstB += countOf(b, '\n', atB, startB);
    [atA, atB] = [startA, startB];
    const stopA = blocksA.starts[aEnd] ?? endA;
    return { startA, endA: stopA, startB, endB: blocksB.starts[bEnd] ?? endB, firstA, firstB };
  });
}
