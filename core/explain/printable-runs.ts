import type { Window } from '#core/compare/capture.ts';
import { firstDifferenceOf } from '#core/compare/digest-both.ts';
import type { ChangedLine, Line } from './line.ts';

const runMin = 4;
/** Shorter ones are by chance in most binaries. */
const listedMin = 6;
const runMax = 1024;
const runsMax = 20_000;

function isPrintable(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x20 && byte < 0x7f;
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}

/** The printable run around a place, as strings(1) has it; at most 1 KiB to each side. */
function runAround(bytes: Uint8Array, at: number): { text: string; start: number; end: number } | undefined {
  let start = at;
  while (start > 0 && at - start < runMax && isPrintable(bytes[start - 1])) start -= 1;
  let end = at;
  while (end - at < runMax && isPrintable(bytes[end])) end += 1;
  return end - start < runMin ? undefined : { text: textOf(bytes, start, end), start, end };
}

/** Two binaries of one size: the runs around each place where they differ, at most `max`. */
export function runsAtDifferences(a: Window, b: Window, max: number): ChangedLine[] {
  const changed: ChangedLine[] = [];
  const size = Math.min(a.bytes.byteLength, b.bytes.byteLength);
  let looked = 0;
  for (let at = firstDifferenceOf(a.bytes, b.bytes); at < size && looked < 16 * max; looked += 1) {
    const [one, other] = [runAround(a.bytes, at), runAround(b.bytes, at)];
    if (one !== undefined && other !== undefined) {
      changed.push({ a: one.text, b: other.text, offset: a.start + one.start });
      if (changed.length === max) break;
    }
    at = Math.max(at + 1, one?.end ?? 0, other?.end ?? 0);
    at += firstDifferenceOf(a.bytes.subarray(at), b.bytes.subarray(at));
  }
  return changed;
}

/** The runs of a binary from where it differs from the other, as far as 20,000 of them. */
export function printableRuns({ bytes, start: origin }: Window, other: Window): Line[] {
  const runs: Line[] = [];
  let at = firstDifferenceOf(bytes, other.bytes);
  while (at > 0 && isPrintable(bytes[at - 1]) && isPrintable(other.bytes[at - 1])) at -= 1;
  let start = at;
  for (; at <= bytes.byteLength && runs.length < runsMax; at += 1) {
    if (isPrintable(bytes[at]) && at - start < 4 * runMax) continue;
    if (at - start >= listedMin) runs.push({ text: textOf(bytes, start, at), offset: origin + start });
    start = isPrintable(bytes[at]) ? at : at + 1;
  }
  return runs;
}
