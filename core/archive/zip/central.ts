import type { ByteSource } from '../byte-source.ts';
import { Malformed } from '../malformed.ts';
import type { Place } from '../reading.ts';
import { viewOf } from './end-record.ts';
import { parseExtra, resolveZip64, type ZipExtra } from './extra.ts';

/** A record of the central directory, APPNOTE.TXT 4.3.12. */
export interface CentralRecord {
  readonly offset: number;
  readonly createVersion: number;
  readonly createSystem: number;
  readonly extractVersion: number;
  readonly flags: number;
  readonly method: number;
  readonly time: number;
  readonly date: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly name: Uint8Array;
  readonly extra: ZipExtra;
  /** Hex of bytes in the zip64 field that stand for nothing. */
  readonly zip64Unused: string;
  /** What readers take in different ways in the zip64 field. */
  readonly zip64Fault: string | undefined;
  readonly comment: Uint8Array;
  readonly disk: number;
  readonly internalAttributes: number;
  readonly externalAttributes: number;
  readonly localOffset: number;
}

const fixedBytes = 46;
const windowBytes = 262_144;

/** Reads records from [start, end) until another signature; `next` is where it stopped. */
export function* readCentral(
  place: Place,
  source: ByteSource,
  start: number,
  end: number,
): Generator<CentralRecord, number> {
  let window = source.read(start, Math.min(windowBytes, end - start));
  let windowStart = start;
  let at = start;
  const need = (length: number): Uint8Array => {
    if (at + length > end) throw new Malformed(place, 'a central record that runs over the end', at);
    if (at + length > windowStart + window.byteLength) {
      window = source.read(at, Math.min(Math.max(windowBytes, length), end - at));
      windowStart = at;
    }
    return window.subarray(at - windowStart, at - windowStart + length);
  };
  while (at < end) {
    if (at + 4 > end || viewOf(need(4)).getUint32(0, true) !== 0x02014b50) return at;
    const fixed = viewOf(need(fixedBytes));
    const nameLength = fixed.getUint16(28, true);
    const extraLength = fixed.getUint16(30, true);
    const length = fixedBytes + nameLength + extraLength + fixed.getUint16(32, true);
    const bytes = need(length);
    const extra = parseExtra(bytes.subarray(fixedBytes + nameLength, fixedBytes + nameLength + extraLength));
    const wide = resolveZip64(extra, [
      [fixed.getUint32(24, true), 0xffffffff, 8],
      [fixed.getUint32(20, true), 0xffffffff, 8],
      [fixed.getUint32(42, true), 0xffffffff, 8],
      [fixed.getUint16(34, true), 0xffff, 4],
    ]);
    if (wide === undefined) throw new Malformed(place, 'a zip64 extra field that is too short', at);
    const [size = 0, compressedSize = 0, localOffset = 0, disk = 0] = wide.values;
    if (Math.max(size, compressedSize, localOffset) > Number.MAX_SAFE_INTEGER) {
      throw new Malformed(place, 'a size beyond all bounds', at);
    }
    yield {
      offset: at,
      createVersion: fixed.getUint8(4),
      createSystem: fixed.getUint8(5),
      extractVersion: fixed.getUint16(6, true),
      flags: fixed.getUint16(8, true),
      method: fixed.getUint16(10, true),
      time: fixed.getUint16(12, true),
      date: fixed.getUint16(14, true),
      crc: fixed.getUint32(16, true),
      compressedSize,
      size,
      name: bytes.subarray(fixedBytes, fixedBytes + nameLength),
      extra,
      zip64Unused: wide.unused,
      zip64Fault: wide.fault,
      comment: bytes.subarray(fixedBytes + nameLength + extraLength),
      disk,
      internalAttributes: fixed.getUint16(36, true),
      externalAttributes: fixed.getUint32(38, true),
      localOffset,
    };
    at += length;
  }
  return at;
}
