import { epochText } from '../tar/pax.ts';
import { viewOf } from './end-record.ts';

/** An extra field (APPNOTE.TXT 4.5), taken apart: what is time, what is size, and all the rest. */
export interface ZipExtra {
  /** Times in it, as text; empty without any. */
  readonly times: string;
  /** Everything else: ids and lengths of all blocks, bytes of those that are neither time nor size. */
  readonly rest: string;
  readonly zip64?: DataView;
  /** The Unicode path (0x7075), where there is one. */
  readonly secondName?: Uint8Array;
  /** How many bytes of it are times. */
  readonly timeBytes: number;
  /** What readers take in different ways, in words. */
  readonly faults: readonly string[];
}

const id = { zip64: 0x0001, ntfs: 0x000a, unixOld: 0x5855, extendedTime: 0x5455, unicodePath: 0x7075 };

function ntfsTimes(data: DataView): string | undefined {
  if (data.byteLength !== 32 || data.getUint16(4, true) !== 1 || data.getUint16(6, true) !== 24)
    return undefined;
  // 100 ns since 1601; the 11,644,473,600 s between the epochs.
  const instant = (at: number) => {
    const ticks = data.getBigUint64(at, true);
    const seconds = Number(ticks / 10_000_000n) - 11_644_473_600;
    return epochText(
      seconds,
      String(ticks % 10_000_000n)
        .padStart(7, '0')
        .replace(/0+$/, ''),
    );
  };
  return `ntfs ${instant(8)} ${instant(16)} ${instant(24)}`;
}

function timesOf(kind: number, data: DataView): { text: string; bytes: number; rest: string } | undefined {
  const seconds = (from: number) => {
    const texts: string[] = [];
    for (let at = from; at + 4 <= data.byteLength; at += 4) texts.push(epochText(data.getInt32(at, true)));
    return texts.join(' ');
  };
  if (kind === id.extendedTime && data.byteLength >= 1 && (data.byteLength - 1) % 4 === 0) {
    const flags = data.getUint8(0).toString(16);
    return { text: `ut ${seconds(1)}`, bytes: data.byteLength - 1, rest: `flags=${flags}` };
  }
  if (kind === id.unixOld && data.byteLength === 8) return { text: `ux ${seconds(0)}`, bytes: 8, rest: '' };
  if (kind === id.ntfs) {
    const text = ntfsTimes(data);
    if (text !== undefined)
      return { text, bytes: 24, rest: `reserved=${data.getUint32(0, true).toString(16)}` };
  }
  return undefined;
}

const noExtra: ZipExtra = Object.freeze({ times: '', rest: '', timeBytes: 0, faults: [] });

/** A block that readers believe the first, the last or none of where there are two. */
const believedOnce: ReadonlyMap<number, string> = new Map([
  [id.zip64, 'two blocks of sizes'],
  [id.unicodePath, 'two blocks with a name'],
]);

/** Fewer bytes of zero than a block has in its head are what tools put in to begin the data at an even place. */
function isAlignment(bytes: Uint8Array): boolean {
  return bytes.byteLength < 4 && bytes.every((byte) => byte === 0);
}

/** Takes an extra field apart. What cannot be read stays in `rest`, byte for byte. */
export function parseExtra(bytes: Uint8Array): ZipExtra {
  if (bytes.byteLength === 0) return noExtra;
  const view = viewOf(bytes);
  const hex = (from: number, to: number) => Buffer.from(bytes.subarray(from, to)).toString('hex');
  const times: string[] = [];
  const rest: string[] = [];
  const faults: string[] = [];
  const seen = new Set<number>();
  let timeBytes = 0;
  let zip64: DataView | undefined;
  let secondName: Uint8Array | undefined;
  let at = 0;
  while (at + 4 <= bytes.byteLength) {
    const kind = view.getUint16(at, true);
    const length = view.getUint16(at + 2, true);
    const end = at + 4 + length;
    if (end > bytes.byteLength) break;
    const data = viewOf(bytes.subarray(at + 4, end));
    const twice = seen.has(kind) ? believedOnce.get(kind) : undefined;
    if (twice !== undefined) faults.push(twice);
    seen.add(kind);
    const label = `0x${kind.toString(16).padStart(4, '0')}[${length}]`;
    const time = timesOf(kind, data);
    if (time !== undefined) {
      times.push(time.text);
      timeBytes += time.bytes;
      rest.push(`${label}${time.rest}`);
    } else if (kind === id.zip64 && zip64 === undefined) {
      zip64 = data;
      rest.push(label);
    } else {
      if (kind === id.unicodePath && length > 5) secondName = bytes.subarray(at + 9, end);
      rest.push(`${label}0x${hex(at + 4, end)}`);
    }
    at = end;
  }
  if (at < bytes.byteLength) rest.push(`0x${hex(at, bytes.byteLength)}`);
  if (!isAlignment(bytes.subarray(at))) faults.push('bytes that are no block');
  return {
    times: times.join('; '),
    rest: rest.join(' '),
    timeBytes,
    faults,
    ...(zip64 === undefined ? {} : { zip64 }),
    ...(secondName === undefined ? {} : { secondName }),
  };
}

/**
 * Takes the zip64 values that stand for the marked ones, in their fixed order (4.5.3); `unused` is what is left of the
 * field. Undefined where a value is missing.
 */
export function resolveZip64(
  extra: ZipExtra,
  marked: readonly (readonly [value: number, marker: number, bytes: 4 | 8])[],
): { values: number[]; unused: string; fault?: string } | undefined {
  const { zip64 } = extra;
  let at = 0;
  let missing = false;
  const values: number[] = [];
  for (const [value, marker, bytes] of marked) {
    // Without a zip64 field the marker is meant as it stands.
    if (value !== marker || zip64 === undefined) {
      missing ||= value === marker;
      values.push(value);
    } else {
      if (at + bytes > zip64.byteLength) return undefined;
      values.push(bytes === 8 ? Number(zip64.getBigUint64(at, true)) : zip64.getUint32(at, true));
      at += bytes;
    }
  }
  const fault = missing ? 'sizes that stand nowhere' : unusedFault(zip64, at, values);
  const left =
    zip64 === undefined
      ? ''
      : Buffer.from(zip64.buffer, zip64.byteOffset + at, zip64.byteLength - at).toString('hex');
  return { values, unused: left, ...(fault === undefined ? {} : { fault }) };
}

/**
 * Sizes that nothing asks for are harmless where they say the same as the record does, or nothing: each of them is the
 * value that stands at its place, counted from the first.
 */
function unusedFault(
  zip64: DataView | undefined,
  used: number,
  values: readonly number[],
): string | undefined {
  if (zip64 === undefined || used === zip64.byteLength) return undefined;
  for (let at = used; at + 8 <= zip64.byteLength && at / 8 < 3; at += 8) {
    const value = Number(zip64.getBigUint64(at, true));
    if (value !== 0 && value !== values[at / 8]) return 'sizes beside those of the record';
  }
  return undefined;
}
