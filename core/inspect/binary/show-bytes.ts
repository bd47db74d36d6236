import type { Part } from '#schemas/comparison.ts';
import { hexBytes } from './binary-reader.ts';

/** Bytes of one region, and where the first of them stands in the file. */
export interface Placed {
  readonly bytes: Uint8Array;
  readonly start: number;
}

/** A run of bytes that differ: the same length on both sides, or, where the sizes differ, all between what is alike. */
interface Run {
  readonly start: number;
  readonly endA: number;
  readonly endB: number;
}

const block = 4096;
/** Runs with fewer equal bytes between them are one. */
const gapMax = 8;
const aroundMax = 100;
const textMax = 240;
const textMin = 4;
const hexMax = 16;

function isPrintable(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x20 && byte < 0x7f;
}

/** Runs of two contents of one size: the first `max` of them, and how many there are. */
function runsOf(a: Uint8Array, b: Uint8Array, max: number): { runs: Run[]; total: number } {
  const runs: Run[] = [];
  let total = 0;
  let start = -1;
  let last = -1;
  const close = (): void => {
    if (start === -1) return;
    if (runs.length < max) runs.push({ start, endA: last + 1, endB: last + 1 });
    total += 1;
    start = -1;
  };
  for (let from = 0; from < a.byteLength; from += block) {
    const to = Math.min(from + block, a.byteLength);
    if (Buffer.compare(a.subarray(from, to), b.subarray(from, to)) === 0) continue;
    for (let at = from; at < to; at += 1) {
      if (a[at] === b[at]) continue;
      if (start !== -1 && at - last > gapMax) close();
      if (start === -1) start = at;
      last = at;
    }
  }
  close();
  return { runs, total };
}

/** All between the bytes that both begin with and those that both end with. */
function runBetween(a: Uint8Array, b: Uint8Array): Run {
  const shorter = Math.min(a.byteLength, b.byteLength);
  let start = 0;
  while (
    start + block <= shorter &&
    Buffer.compare(a.subarray(start, start + block), b.subarray(start, start + block)) === 0
  )
    start += block;
  while (start < shorter && a[start] === b[start]) start += 1;
  let tail = 0;
  while (tail < shorter - start && a[a.byteLength - 1 - tail] === b[b.byteLength - 1 - tail]) tail += 1;
  return { start, endA: a.byteLength - tail, endB: b.byteLength - tail };
}

/** The printable text that holds all of a run, where there is one: up to its NUL or whatever else is no text. */
function textAround(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start > textMax) return undefined;
  for (let at = start; at < end; at += 1) if (!isPrintable(bytes[at])) return undefined;
  let from = start;
  while (from > 0 && start - from < aroundMax && isPrintable(bytes[from - 1])) from -= 1;
  let to = end;
  while (to < bytes.byteLength && to - end < aroundMax && isPrintable(bytes[to])) to += 1;
  return Buffer.from(bytes.subarray(from, to)).toString('latin1');
}

function hexAround(bytes: Uint8Array, start: number, end: number): string {
  if (start === end) return 'nothing';
  const shown = bytes.subarray(start, Math.min(end, start + hexMax));
  const ascii = [...shown].map((byte) => (isPrintable(byte) ? String.fromCharCode(byte) : '.')).join('');
  return `0x${Buffer.from(shown).toString('hex')}${end - start > hexMax ? '…' : ''} |${ascii}|`;
}

function show(a: Uint8Array, b: Uint8Array, { start, endA, endB }: Run): [string, string] {
  const [textA, textB] = [textAround(a, start, endA), textAround(b, start, endB)];
  if (textA !== undefined && textB !== undefined && Math.max(textA.length, textB.length) >= textMin)
    return [`"${textA}"`, `"${textB}"`];
  // Texts that end with NUL can lie so close together that they are one run.
  const nul = a.subarray(start, endA).indexOf(0);
  if (endA === endB && nul > 0 && endA - start <= textMax && b[start + nul] === 0) {
    const [firstA, firstB] = show(a, b, { start, endA: start + nul, endB: start + nul });
    const [restA, restB] = show(a, b, { start: start + nul + 1, endA, endB });
    if ([firstA, firstB, restA, restB].every((text) => text.startsWith('"')))
      return [`${firstA}; ${restA}`, `${firstB}; ${restB}`];
  }
  return [hexAround(a, start, endA), hexAround(b, start, endB)];
}

const runsMax = 8;

/**
 * Where two byte strings differ, as parts of one name: a text as the whole of it, other bytes as hexadecimal digits. A
 * size is told where they differ in it. No more than eight places, the last says how many more there are.
 */
export function showDifferences(name: string, a: Placed, b: Placed): Part[] {
  const sameSize = a.bytes.byteLength === b.bytes.byteLength;
  const { runs, total } = sameSize
    ? runsOf(a.bytes, b.bytes, runsMax)
    : { runs: [runBetween(a.bytes, b.bytes)], total: 1 };
  const seen = new Set<string>();
  return runs.flatMap((run, index) => {
    const [shownA, shownB] = show(a.bytes, b.bytes, run);
    // Several places of one text show the same.
    if (index < runsMax - 1 && seen.has(`${shownA}\0${shownB}`)) return [];
    if (shownA.startsWith('"')) seen.add(`${shownA}\0${shownB}`);
    const more = index === runsMax - 1 && total > runsMax ? `, and ${total - runsMax} more places` : '';
    const size = (side: Placed): string => (sameSize ? '' : `${side.bytes.byteLength} bytes, of which `);
    return {
      kind: 'changed',
      name,
      a: `${size(a)}${shownA}${more}`,
      b: `${size(b)}${shownB}${more}`,
      offset: a.start + run.start,
    };
  });
}

/** What a region is that only one side has. */
export function showSize(bytes: Uint8Array): string {
  return bytes.byteLength <= hexMax ? `0x${hexBytes(bytes)}` : `${bytes.byteLength} bytes`;
}
