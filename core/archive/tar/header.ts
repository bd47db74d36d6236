import { isZero } from '../describe-bytes.ts';
import { Malformed } from '../malformed.ts';
import type { Place } from '../reading.ts';

export const tarBlockBytes = 512;

/** A tar header block, POSIX.1-2017 pax "ustar Interchange Format", with GNU's base-256 numbers. */
export interface TarHeader {
  readonly name: Uint8Array;
  readonly link: Uint8Array;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  readonly typeflag: string;
  readonly magic: string;
  readonly uname: string;
  readonly gname: string;
  readonly device: string;
  /** Of GNU's type S: four extents, whether more follow, the size with the holes. */
  readonly sparse: Uint8Array | undefined;
  /** All that the other values do not say, as text. */
  readonly form: string;
}

const checksumAt = { start: 148, end: 156 };

function checksumOf(block: Uint8Array): number {
  let sum = 8 * 0x20;
  for (let index = 0; index < checksumAt.start; index += 1) sum += block[index] ?? 0;
  for (let index = checksumAt.end; index < tarBlockBytes; index += 1) sum += block[index] ?? 0;
  return sum;
}

/** The number in [start, end): octal, padded with spaces and NULs, or base-256; undefined for anything else. */
export function parseNumber(bytes: Uint8Array, start = 0, end = bytes.byteLength): number | undefined {
  const first = start < end ? (bytes[start] ?? 0) : 0;
  if ((first & 0x80) !== 0) {
    let value = BigInt(first & 0x7f);
    for (const byte of bytes.subarray(start + 1, end)) value = value * 256n + BigInt(byte);
    if ((first & 0x40) !== 0) value -= 1n << BigInt((end - start) * 8 - 1);
    return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
      ? Number(value)
      : undefined;
  }
  let at = start;
  while (at < end && bytes[at] === 0x20) at += 1;
  let value = 0;
  for (; at < end && isOctal(bytes[at]); at += 1) value = 8 * value + (bytes[at] ?? 0) - 0x30;
  while (at < end && (bytes[at] === 0x20 || bytes[at] === 0)) at += 1;
  return at === end ? value : undefined;
}

function isOctal(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x37;
}

/** Whether `block` carries its own checksum: then it is a tar header. */
export function headerChecksumHolds(block: Uint8Array): boolean {
  const stored = parseNumber(block, checksumAt.start, checksumAt.end);
  return stored !== undefined && stored > 0 && stored === checksumOf(block);
}

function untilNul(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end === -1 ? bytes : bytes.subarray(0, end);
}

function latin1(bytes: Uint8Array): string {
  const text = untilNul(bytes);
  return Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString('latin1');
}

/** How a number is spelled: its digits as `0`, padding and terminators as they are; base-256 as such. */
function spelling(bytes: Uint8Array): string {
  if (((bytes[0] ?? 0) & 0x80) !== 0) return 'base-256';
  return Buffer.from(bytes).toString('latin1').replace(/[0-7]/g, '0');
}

/** Bytes behind a text's NUL: nothing should be there. */
function tail(bytes: Uint8Array): string {
  const rest = bytes.subarray(untilNul(bytes).byteLength);
  return isZero(rest) ? '' : Buffer.from(rest).toString('hex');
}

/** Where the numbers of a header begin, and where the last one ends. */
const numbers = [100, 108, 116, 124, 136, 148, 156] as const;
const devices = [329, 345] as const;

/**
 * All that the other fields do not say of a header: how its numbers are spelled, how the name is split, what stands
 * behind texts and in the unused end. The same for all members that one tool wrote.
 */
function formOf(block: Uint8Array, magic: string, isDevice: boolean): string {
  const field = (start: number, end: number) => block.subarray(start, end);
  const parts = [
    numbers
      .slice(0, -1)
      .map((start, index) => spelling(field(start, numbers[index + 1] ?? start)))
      .join('|'),
    isDevice ? spelling(field(...devices)) : Buffer.from(field(...devices)).toString('latin1'),
    [field(0, 100), field(157, 257), field(265, 297), field(297, 329)].map(tail).join('|'),
    magic === 'ustar'
      ? `${untilNul(field(345, 500)).byteLength}|${tail(field(345, 500))}|${Buffer.from(field(500, 512)).toString('hex').replace(/^0+$/, '')}`
      : isZero(field(345, 512))
        ? ''
        : Buffer.from(field(345, 512)).toString('hex'),
  ];
  return JSON.stringify(parts);
}

const formsMax = 4096;
const forms = new Map<string, string>();
const spelled = Buffer.alloc(72);

/** Octal digits of the number in [start, end) of `bytes` as `0`, as `spelling` has them. */
function flattenDigits(bytes: Uint8Array, start: number, end: number): void {
  if (((bytes[start] ?? 0) & 0x80) !== 0) bytes.fill(0x80, start, end);
  else for (let at = start; at < end; at += 1) if (isOctal(bytes[at])) bytes[at] = 0x30;
}

/** Whether behind the text in [start, end) there is nothing but NULs. */
function hasNoTail(block: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && block[at] !== 0) at += 1;
  while (at < end && block[at] === 0) at += 1;
  return at === end;
}

/** `formOf`, which is the same for most members of an archive: looked up by all that it depends on. */
function knownForm(block: Uint8Array, magic: string, isDevice: boolean): string {
  const ustar = magic === 'ustar';
  const plain =
    hasNoTail(block, 0, 100) &&
    hasNoTail(block, 157, 257) &&
    hasNoTail(block, 265, 297) &&
    hasNoTail(block, 297, 329) &&
    (ustar
      ? hasNoTail(block, 345, 500) && isZero(block.subarray(500, 512))
      : isZero(block.subarray(345, 512)));
  if (!plain) return formOf(block, magic, isDevice);
  spelled.set(block.subarray(numbers[0], numbers[6]));
  spelled.set(block.subarray(...devices), 56);
  for (let index = 0; index < 6; index += 1) {
    flattenDigits(spelled, (numbers[index] ?? 0) - 100, (numbers[index + 1] ?? 0) - 100);
  }
  if (isDevice) flattenDigits(spelled, 56, 72);
  const prefix = ustar ? untilNul(block.subarray(345, 500)).byteLength : -1;
  const key = `${prefix} ${isDevice} ${spelled.toString('latin1')}`;
  const known = forms.get(key);
  if (known !== undefined) return known;
  const form = formOf(block, magic, isDevice);
  if (forms.size < formsMax) forms.set(key, form);
  return form;
}

const magics: Readonly<Record<string, string>> = {
  '7573746172003030': 'ustar',
  '7573746172202000': 'gnu',
  '0000000000000000': 'v7',
};

/** Parses one header block. @throws Malformed */
export function parseTarHeader(place: Place, block: Uint8Array, offset: number): TarHeader {
  if (block.byteLength < tarBlockBytes) throw new Malformed(place, 'it ends inside a header', offset);
  if (!headerChecksumHolds(block)) throw new Malformed(place, 'a header without a valid checksum', offset);
  const field = (start: number, end: number) => block.subarray(start, end);
  const number = (name: string, start: number, end: number): number => {
    const value = parseNumber(block, start, end);
    if (value === undefined) throw new Malformed(place, `the header's ${name} is not a number`, offset);
    return value;
  };
  const size = number('size', 124, 136);
  if (size < 0) throw new Malformed(place, 'a negative size', offset);
  const magicBytes = Buffer.from(field(257, 265)).toString('hex');
  const magic = magics[magicBytes] ?? `0x${magicBytes}`;
  const prefix = magic === 'ustar' ? untilNul(field(345, 500)) : new Uint8Array(0);
  const name = untilNul(field(0, 100));
  const typeflag = String.fromCharCode(block[156] ?? 0);
  return {
    name: prefix.byteLength === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]),
    link: untilNul(field(157, 257)),
    mode: number('mode', 100, 108),
    uid: number('uid', 108, 116),
    gid: number('gid', 116, 124),
    size,
    mtime: number('mtime', 136, 148),
    typeflag,
    magic,
    uname: latin1(field(265, 297)),
    gname: latin1(field(297, 329)),
    device: `${Buffer.from(field(329, 337)).toString('latin1').replace(/\0/g, '').trim()},${Buffer.from(field(337, 345)).toString('latin1').replace(/\0/g, '').trim()}`,
    sparse: typeflag === 'S' ? Uint8Array.from(field(386, 495)) : undefined,
    form: knownForm(block, magic, typeflag === '3' || typeflag === '4'),
  };
}
