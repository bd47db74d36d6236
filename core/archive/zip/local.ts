import type { ByteSource } from '../byte-source.ts';
import type { Fields } from '../entry.ts';
import { Malformed } from '../malformed.ts';
import { decodeName } from '../names.ts';
import { bounded, type Place, type Reading } from '../reading.ts';
import type { CentralRecord } from './central.ts';
import { dosTime } from './dos-time.ts';
import { viewOf } from './end-record.ts';
import { parseExtra, resolveZip64 } from './extra.ts';
import { inspectDescriptor, inspectExtra } from './inspect-member.ts';

/** Where a member's bytes stand, by its local header (APPNOTE.TXT 4.3.7) and data descriptor (4.3.9). */
export interface LocalRecord {
  readonly dataStart: number;
  readonly dataEnd: number;
  /** Behind the data descriptor, where there is one. */
  readonly end: number;
  /** What the local header adds to or says otherwise than the central record. */
  readonly fields: Fields;
}

const fixedBytes = 30;
/** Of a local header that says what the central record does, and nothing else. */
export const noFields: Fields = Object.freeze({});
const bit = { encrypted: 1, descriptor: 8 };

function readDescriptor(
  source: ByteSource,
  at: number,
  central: CentralRecord,
): { length: number; form: string } | undefined {
  const view = viewOf(source.read(at, 24));
  for (const [form, signed, wide] of [
    ['signed', true, false],
    ['signed zip64', true, true],
    ['unsigned', false, false],
    ['unsigned zip64', false, true],
  ] as const) {
    const start = signed ? 4 : 0;
    const length = start + 4 + (wide ? 16 : 8);
    if (view.byteLength < length || (signed && view.getUint32(0, true) !== 0x08074b50)) continue;
    const size = (offset: number) =>
      wide ? Number(view.getBigUint64(offset, true)) : view.getUint32(offset, true);
    const sizes = [size(start + 4), size(start + 4 + (wide ? 8 : 4))];
    if (
      view.getUint32(start, true) !== central.crc ||
      sizes[0] !== central.compressedSize ||
      sizes[1] !== central.size
    )
      continue;
    return { length, form };
  }
  return undefined;
}

/** Reads the local record that `central` points to and holds the two against each other. @throws Malformed */
export function readLocal(
  reading: Reading,
  archive: Place,
  place: Place,
  source: ByteSource,
  offset: number,
  central: CentralRecord,
): LocalRecord {
  if (offset < 0) throw new Malformed(archive, 'a member that would begin before the file');
  const fixed = viewOf(source.read(offset, fixedBytes));
  if (fixed.byteLength < fixedBytes || fixed.getUint32(0, true) !== 0x04034b50) {
    throw new Malformed(archive, 'the central directory points to something that is no local header', offset);
  }
  const nameLength = fixed.getUint16(26, true);
  const extraLength = fixed.getUint16(28, true);
  const variable = source.read(offset + fixedBytes, nameLength + extraLength);
  const name = Buffer.from(variable.buffer, variable.byteOffset, Math.min(nameLength, variable.byteLength));
  const extra = parseExtra(variable.subarray(nameLength));
  const dataStart = offset + fixedBytes + nameLength + extraLength;
  const dataEnd = dataStart + central.compressedSize;
  if (variable.byteLength < nameLength + extraLength || dataEnd > source.size) {
    throw new Malformed(archive, 'a member that runs over the end', offset);
  }
  let own: Fields | undefined;
  const add = (field: string, value: string) => {
    own ??= {};
    own[field] = value;
  };
  const disagree = (field: string, value: string, harmful: boolean) => {
    add(`local_${field}`, value);
    if (harmful)
      reading.find(
        place,
        'local-central-disagree',
        `${field}: ${bounded(value, 200)} in the local header`,
        offset,
      );
  };
  if (!name.equals(central.name)) disagree('name', JSON.stringify(decodeName(name).name), true);
  const flags = fixed.getUint16(6, true);
  if (flags !== central.flags) {
    disagree('flags', `0x${flags.toString(16).padStart(4, '0')}`, ((flags ^ central.flags) & 0x2849) !== 0);
  }
  const method = fixed.getUint16(8, true);
  if (method !== central.method) disagree('method', String(method), true);
  const version = fixed.getUint16(4, true);
  if (version !== central.extractVersion) disagree('extract_version', String(version), false);
  const [localTime, localDate] = [fixed.getUint16(10, true), fixed.getUint16(12, true)];
  if (localTime !== central.time || localDate !== central.date) {
    const time = dosTime(localDate, localTime);
    if (time !== dosTime(central.date, central.time)) disagree('mtime', time, false);
  }
  if (extra.rest !== '') add('local_extra', extra.rest);
  if (extra.times !== '') add('local_extra_times', extra.times);
  inspectExtra(reading, place, 'in the local header', extra, offset);
  if (extra.secondName !== undefined && !name.equals(extra.secondName)) {
    const second = JSON.stringify(decodeName(extra.secondName).name);
    reading.find(place, 'second-name', `${second} in the local header`, offset);
  }

  const streamed = (flags & bit.descriptor) !== 0;
  const sizes = resolveZip64(extra, [
    [fixed.getUint32(22, true), 0xffffffff, 8],
    [fixed.getUint32(18, true), 0xffffffff, 8],
  ]);
  const crc = fixed.getUint32(14, true);
  const [size, compressedSize] = sizes?.values ?? [];
  if (sizes?.fault !== undefined)
    reading.find(place, 'ambiguous-extra', `in the local header: ${sizes.fault}`, offset);
  if (sizes !== undefined && sizes.unused !== '') add('local_zip64_unused', `0x${sizes.unused}`);
  const matches = crc === central.crc && size === central.size && compressedSize === central.compressedSize;
  const blank = crc === 0 && (size ?? 0) === 0 && (compressedSize ?? 0) === 0;
  if (!matches) {
    if (streamed && blank) add('local_sizes', 'in the data descriptor');
    else
      disagree('sizes', `crc 0x${crc.toString(16)}, ${compressedSize} bytes compressed, ${size} bytes`, true);
  }
  let end = dataEnd;
  if (streamed) {
    const descriptor = readDescriptor(source, dataEnd, central);
    if (descriptor === undefined) disagree('descriptor', 'not what the central directory says', true);
    else {
      add('descriptor', descriptor.form);
      inspectDescriptor(reading, place, descriptor.form, central, dataEnd);
      end += descriptor.length;
    }
  }
  return { dataStart, dataEnd, end, fields: own ?? noFields };
}
