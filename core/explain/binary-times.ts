import type { ContentView } from '#core/compare/content-view.ts';
import { firstDifferenceOf } from '#core/compare/digest-both.ts';

/** A moment that two binaries store as a number at the same place. */
export interface BinaryTime {
  /** In the content. */
  readonly offset: number;
  /** Seconds since 1970. */
  readonly a: number;
  readonly b: number;
  /** Such as `32-bit little-endian`. */
  readonly form: string;
  /** Whether so many bits agree that it is hardly by chance. */
  readonly certain: boolean;
  /** Set where the bytes could be an MS-DOS date and time as well: local seconds since 1970. */
  readonly dos: { readonly a: number; readonly b: number } | undefined;
}

interface Form {
  readonly form: string;
  readonly bytes: 4 | 8;
  /** Seconds since 1970; undefined where the bytes are no moment in this form. */
  readonly read: (view: DataView, at: number) => number | undefined;
}

/** What a build can have written: 2001-09-09 to 2033-05-18. */
const secondsMin = 1_000_000_000;
const secondsMax = 2_000_000_000;

/** MS-DOS date and time, two 16-bit words, as zip and cabinet files have them; from 1990 to 2031. */
function dosSeconds(view: DataView, at: number): number | undefined {
  const [time, date] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
  const [year, month, day] = [1980 + (date >> 9), (date >> 5) & 15, date & 31];
  const [hours, minutes, seconds] = [time >> 11, (time >> 5) & 63, 2 * (time & 31)];
  if (
    year < 1990 ||
    year > 2031 ||
    month < 1 ||
    month > 12 ||
    day < 1 ||
    hours > 23 ||
    minutes > 59 ||
    seconds > 58
  )
    return undefined;
  return Date.UTC(year, month - 1, day, hours, minutes, seconds) / 1000;
}

const wide =
  (unitsEach: bigint, from = 0n) =>
  (little: boolean) =>
  (view: DataView, at: number) =>
    Number(view.getBigUint64(at, little) / unitsEach - from);

/** Between 1601 and 1970, in seconds: Windows FILETIME counts from there. */
const filetimeOrigin = 11_644_473_600n;

const forms: readonly Form[] = [
  { form: '64-bit little-endian seconds', bytes: 8, read: wide(1n)(true) },
  { form: '64-bit big-endian seconds', bytes: 8, read: wide(1n)(false) },
  { form: '64-bit little-endian milliseconds', bytes: 8, read: wide(1000n)(true) },
  { form: '64-bit big-endian milliseconds', bytes: 8, read: wide(1000n)(false) },
  { form: '64-bit little-endian microseconds', bytes: 8, read: wide(1_000_000n)(true) },
  { form: '64-bit little-endian nanoseconds', bytes: 8, read: wide(1_000_000_000n)(true) },
  { form: 'Windows FILETIME', bytes: 8, read: wide(10_000_000n, filetimeOrigin)(true) },
  { form: '32-bit little-endian seconds', bytes: 4, read: (view, at) => view.getUint32(at, true) },
  { form: '32-bit big-endian seconds', bytes: 4, read: (view, at) => view.getUint32(at, false) },
];

/** What the same four bytes are as an MS-DOS date and time: these are seconds from 2009 on, too. */
function dosTimes(a: DataView, b: DataView, at: number): BinaryTime['dos'] {
  const [one, other] = [dosSeconds(a, at), dosSeconds(b, at)];
  return one === undefined || other === undefined ? undefined : { a: one, b: other };
}

/** More places that differ than this, and numbers look like moments by chance. */
const placesMax = 64;
/** 2^24 seconds, half a year: of a 32-bit number the highest byte is the same, or the next one. */
const nearSeconds = 0x1000000;

/** Runs of bytes that differ, at most 8 long; undefined where there are more or longer ones. */
function places(a: Uint8Array, b: Uint8Array): { start: number; end: number }[] | undefined {
  const found: { start: number; end: number }[] = [];
  for (let at = firstDifferenceOf(a, b); at < a.byteLength;) {
    let end = at + 1;
    for (let same = 0; end + same < a.byteLength && same < 4;) {
      if (a[end + same] === b[end + same]) same += 1;
      else [end, same] = [end + same + 1, 0];
      if (end - at > 8) return undefined;
    }
    found.push({ start: at, end });
    if (found.length > placesMax) return undefined;
    at = end + firstDifferenceOf(a.subarray(end), b.subarray(end));
  }
  return found;
}

function timeAt(
  a: DataView,
  b: DataView,
  start: number,
  end: number,
): Omit<BinaryTime, 'offset'> | undefined {
  for (const { form, bytes, read } of forms) {
    for (let at = end - (end % 4 || 4); at >= Math.max(0, end - bytes); at -= 4) {
      if (at > start || at + bytes < end || at + bytes > a.byteLength) continue;
      const [one, other] = [read(a, at), read(b, at)];
      if (one === undefined || other === undefined) continue;
      const plausible = [one, other].every((seconds) => seconds >= secondsMin && seconds <= secondsMax);
      const near = Math.abs(one - other) < nearSeconds;
      if (!plausible || (bytes === 4 && !near)) continue;
      return {
        a: one,
        b: other,
        form,
        certain: bytes === 8,
        dos: bytes === 4 && form.includes('little') ? dosTimes(a, b, at) : undefined,
      };
    }
  }
  return undefined;
}

/** Formats that are full of numbers of 32 bits: there, only a field that is a time by its name is one. */
const programs: ReadonlySet<string> = new Set([
  'elf',
  'java-class',
  'mach-o',
  'pe',
  'python-bytecode',
  'wasm',
]);
const timeField = /TimeDateStamp|timestamp|header source/i;

function isNumberOfCode({ inside }: ContentView, offset: number, certain: boolean): boolean {
  if (inside === undefined || !programs.has(inside.format)) return false;
  // Of these formats no field is as wide.
  if (inside.format === 'java-class' || inside.format === 'wasm') return true;
  if (certain) return false;
  return !inside.parts.some(
    ({ name, offset: at }) => timeField.test(name) && at !== undefined && Math.abs(at - offset) < 4,
  );
}

/** Moments stored as numbers, where two binaries of one size differ in few places. */
export function binaryTimes(view: ContentView): BinaryTime[] {
  const [a, b] = [view.a.bytes, view.b.bytes];
  if (view.text !== undefined || a.byteLength !== b.byteLength) return [];
  const [viewA, viewB] = [a, b].map((side) => new DataView(side.buffer, side.byteOffset, side.byteLength));
  if (viewA === undefined || viewB === undefined) return [];
  return (places(a, b) ?? []).flatMap(({ start, end }) => {
    const found = timeAt(viewA, viewB, start, end);
    if (found === undefined || isNumberOfCode(view, view.a.start + start, found.certain)) return [];
    return [{ offset: view.a.start + start, ...found }];
  });
}
