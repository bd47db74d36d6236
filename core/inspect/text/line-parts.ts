import { excerpt, excerpts } from '../excerpt.ts';
import type { PartList } from '../part-list.ts';
import type { Range } from '../sequence/myers.ts';
import type { Work } from '../work.ts';
import type { Text } from './decode-text.ts';
import { diffLines, findMoves, isPermutation, type LineDiff } from './diff-lines.ts';
import { countOf, type LineEnd, type Lines } from './lines.ts';
import { pairLines } from './pair-lines.ts';
import { addLongLineParts, longLineMin } from './long-line-parts.ts';

/** A run of changed lines that is longer is one part. */
const runMax = 1000;
const shownLines = 4;
const movesMax = 10;

export interface TextSide {
  readonly text: Text;
  readonly lines: Lines;
}

/** Lines of both sides that are the same or each other, changed: their places. */
type Pair = readonly [number, number];

/** Turns the places where the lines of two texts disagree into parts. */
export class LineParts {
  readonly #a: TextSide;
  readonly #b: TextSide;
  readonly #swapped: boolean;
  readonly #parts: PartList;
  readonly #work: Work;
  /** Whether a line's CR is shown: where not all lines of both end alike. */
  readonly #carriage: boolean;
  readonly #pairs: Pair[] = [];

  constructor(a: TextSide, b: TextSide, swapped: boolean, parts: PartList, work: Work) {
    this.#a = a;
    this.#b = b;
    this.#swapped = swapped;
    this.#parts = parts;
    this.#work = work;
    const has = (end: LineEnd) => a.lines.ends.includes(end) || b.lines.ends.includes(end);
    this.#carriage = has('LF') && has('CRLF');
  }

  /** Answers which lines are each other, the same or changed, where not all lines end alike. @throws WorkSpent */
  addAll(): readonly Pair[] {
    const diff = diffLines(this.#a.lines, this.#b.lines, this.#swapped, this.#work);
    if (this.#carriage) {
      diff.matches.forEach((to, from) => {
        if (to !== -1) this.#pairs.push([from, to]);
      });
    }
    const moves = findMoves(diff);
    // Few lines that moved are told one by one, an order that is another altogether as one part.
    const fewMoves = moves.length <= movesMax && 2 * moves.length === diff.hunks.length;
    if (!fewMoves && this.#addPermutation(diff)) return this.#pairs;
    const moved = new Set<Range>();
    for (const [from, to] of moves) {
      moved.add(from).add(to);
      this.#addMove(from, to);
    }
    for (const hunk of diff.hunks) {
      if (this.#parts.isFull) {
        const last = diff.hunks.at(-1) ?? hunk;
        this.#addRun({ ...hunk, aEnd: last.aEnd, bEnd: last.bEnd });
        break;
      }
      if (!moved.has(hunk)) this.#addHunk(hunk);
    }
    return this.#pairs;
  }

  /** The same lines in another order: one part. */
  #addPermutation({ hunks, idsA, idsB }: LineDiff): boolean {
    const first = hunks[0];
    const last = hunks.at(-1);
    if (first === undefined || last === undefined) return false;
    const leftA = hunks.flatMap(({ aStart, aEnd }) => [...idsA.subarray(aStart, aEnd)]);
    const leftB = hunks.flatMap(({ bStart, bEnd }) => [...idsB.subarray(bStart, bEnd)]);
    if (!isPermutation(leftA, leftB)) return false;
    const range = { aStart: first.aStart, aEnd: last.aEnd, bStart: first.bStart, bEnd: last.bEnd };
    this.#addRun(range, 'reordered');
    return true;
  }

  #addMove(from: Range, to: Range): void {
    const name = this.#nameOf(this.#a, from.aStart, from.aEnd);
    this.#parts.add({
      kind: 'reordered',
      name,
      a: `${name}: ${this.#block(this.#a, from.aStart, from.aEnd)}`,
      b: `${this.#nameOf(this.#b, to.bStart, to.bEnd)}: ${this.#block(this.#b, to.bStart, to.bEnd)}`,
      ...this.#offsetOf(this.#a, from.aStart),
    });
  }

  #addHunk(hunk: Range): void {
    const { aStart, aEnd, bStart, bEnd } = hunk;
    const [n, m] = [aEnd - aStart, bEnd - bStart];
    if (n === m && n <= runMax) {
      for (let at = 0; at < n; at += 1) this.#addChanged(aStart + at, bStart + at);
      return;
    }
    const textsA = this.#a.lines.texts.slice(aStart, aEnd);
    const textsB = this.#b.lines.texts.slice(bStart, bEnd);
    const pairs = n === 0 || m === 0 ? [] : this.#pair(textsA, textsB);
    if (pairs === undefined || pairs.length === 0) {
      this.#addRun(hunk);
      return;
    }
    let [fromA, fromB] = [aStart, bStart];
    for (const [x, y] of pairs) {
      this.#addRun({ aStart: fromA, aEnd: aStart + x, bStart: fromB, bEnd: bStart + y });
      this.#addChanged(aStart + x, bStart + y);
      [fromA, fromB] = [aStart + x + 1, bStart + y + 1];
    }
    this.#addRun({ aStart: fromA, aEnd, bStart: fromB, bEnd });
  }

  /** In the order that does not depend on which side is which. */
  #pair(a: readonly string[], b: readonly string[]): readonly Pair[] | undefined {
    if (!this.#swapped) return pairLines(a, b, this.#work);
    return pairLines(b, a, this.#work)?.map(([y, x]) => [x, y] as const);
  }

  #addChanged(atA: number, atB: number): void {
    if (this.#carriage) this.#pairs.push([atA, atB]);
    const lineA = this.#a.lines.texts[atA] ?? '';
    const lineB = this.#b.lines.texts[atB] ?? '';
    const name = this.#nameOf(this.#a, atA, atA + 1);
    if (Math.max(lineA.length, lineB.length) > longLineMin) {
      const start = this.#a.lines.starts[atA] ?? 0;
      const offsetOf = (place: number) => this.#a.text.offsetOf(start + place);
      addLongLineParts({ name, a: lineA, b: lineB, offsetOf }, this.#swapped, this.#parts, this.#work);
      return;
    }
    const shown = excerpts(lineA, lineB);
    this.#parts.add({ kind: 'changed', name, ...shown, ...this.#offsetOf(this.#a, atA) });
  }

  /** A run of lines that is not told line by line. */
  #addRun({ aStart, aEnd, bStart, bEnd }: Range, kind: 'changed' | 'reordered' = 'changed'): void {
    const [hasA, hasB] = [aEnd > aStart, bEnd > bStart];
    if (!hasA && !hasB) return;
    const side = hasA ? this.#a : this.#b;
    const [start, end] = hasA ? [aStart, aEnd] : [bStart, bEnd];
    this.#parts.add({
      kind: hasA && hasB ? kind : hasA ? 'removed' : 'added',
      name: this.#nameOf(side, start, end),
      a: hasA ? this.#block(this.#a, aStart, aEnd) : null,
      b: hasB ? this.#block(this.#b, bStart, bEnd) : null,
      ...this.#offsetOf(side, start),
    });
  }

  #block({ lines }: TextSide, start: number, end: number): string {
    const shown = lines.texts
      .slice(start, Math.min(end, start + shownLines))
      .map((line, at) => excerpt(this.#withCarriage(line, lines.ends[start + at] ?? '')));
    const more = end - start - shown.length;
    return [...shown, ...(more > 0 ? [`… ${more} more lines`] : [])].join('\n');
  }

  #withCarriage(line: string, end: LineEnd): string {
    return this.#carriage && end === 'CRLF' ? `${line}\r` : line;
  }

  #nameOf({ lines }: TextSide, start: number, end: number): string {
    const first = lines.first + start;
    return end - start === 1 ? `line ${first}` : `lines ${first}–${lines.first + end - 1}`;
  }

  #offsetOf({ text, lines }: TextSide, at: number): { offset?: number } {
    const offset = text.offsetOf(lines.starts[at] ?? 0);
    return offset === undefined ? {} : { offset };
  }
}

/** Another encoding, or a byte order mark that one side has. */
export function addEncodingParts(a: Text, b: Text, parts: PartList): void {
  if (a.encoding !== b.encoding)
    parts.add({ kind: 'changed', name: 'encoding', a: a.encoding, b: b.encoding });
  if (a.mark === b.mark) return;
  const shown = ({ mark }: Text) => (mark ? 'present' : null);
  parts.add({ kind: a.mark ? 'removed' : 'added', name: 'byte order mark', a: shown(a), b: shown(b) });
}

/** Line ends that differ where the lines are the same or each other; and an end of the last line that one side has. */
export function addLineEndPart(a: TextSide, b: TextSide, pairs: readonly Pair[], parts: PartList): void {
  const [linesA, linesB] = [a.lines, b.lines];
  const endsOf = ([x, y]: Pair) => [linesA.ends[x] ?? '', linesB.ends[y] ?? ''] as const;
  let first: number | undefined;
  for (const pair of pairs) {
    const [endA, endB] = endsOf(pair);
    if (endA === endB || endA === '' || endB === '') continue;
    first = Math.min(first ?? pair[0], pair[0]);
  }
  if (first !== undefined) {
    const name = `line ends from line ${linesA.first + first}`;
    parts.add({ kind: 'changed', name, a: countEnds(a.text), b: countEnds(b.text) });
  }
  const unended = ({ ends }: Lines) => ends.at(-1) === '';
  if (unended(linesA) === unended(linesB)) return;
  const shown = (lines: Lines) => (unended(lines) ? null : (lines.ends.at(-1) ?? 'LF'));
  parts.add({
    kind: unended(linesA) ? 'added' : 'removed',
    name: 'end of the last line',
    a: shown(linesA),
    b: shown(linesB),
  });
}

function countEnds({ utf8 }: Text): string {
  const carriage = countOf(utf8, '\r\n');
  return `${carriage} CRLF, ${countOf(utf8, '\n') - carriage} LF`;
}
