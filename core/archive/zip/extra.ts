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

const noExtra: ZipExtra = Object.freeze({ times: '', rest: '', timeBytes: 0 });

/** Takes an extra field apart. What cannot be read stays in `rest`, byte for byte. */
export function parseExtra(bytes: Uint8Array): ZipExtra {
  if (bytes.byteLength === 0) return noExtra;
  const view = viewOf(bytes);
  const hex = (from: number, to: number) => Buffer.from(bytes.subarray(from, to)).toString('hex');
  const times: string[] = [];
  const rest: string[] = [];
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
  return {
    times: times.join('; '),
    rest: rest.join(' '),
    timeBytes,
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
): { values: number[]; unused: string } | undefined {
  const { zip64 } = extra;
  let at = 0;
  const values: number[] = [];
  for (const [value, marker, bytes] of marked) {
    // Without a zip64 field the marker is meant as it stands.
    if (value !== marker || zip64 === undefined) values.push(value);
    else {
      if (at + bytes > zip64.byteLength) return undefined;
      values.push(bytes === 8 ? Number(zip64.getBigUint64(at, true)) : zip64.getUint32(at, true));
      at += bytes;
    }
  }
  const left =
    zip64 === undefined
      ? ''
      : Buffer.from(zip64.buffer, zip64.byteOffset + at, zip64.byteLength - at).toString('hex');
  return { values, unused: left };
}
