import { crc32, deflateRawSync } from 'node:zlib';

/** One member of a zip made for a test; what is not given is as a Unix zip of 2026-01-02 03:04:06 has it. */
export interface ZipMember {
  readonly name: string | Buffer;
  readonly data?: Buffer | string;
  readonly method?: 0 | 8;
  /** DOS date and time. */
  readonly date?: number;
  readonly time?: number;
  readonly system?: number;
  readonly mode?: number;
  readonly flags?: number;
  readonly extra?: Buffer;
  readonly localExtra?: Buffer;
  readonly comment?: string;
  /** What the local header says instead. */
  readonly localName?: string;
  /** Only in the local records, not in the central directory. */
  readonly hidden?: boolean;
  /** A data descriptor behind the data. */
  readonly streamed?: boolean;
  /** Bytes put between this record and the next. */
  readonly gap?: Buffer;
  /** Bytes put behind the compressed data, inside the member. */
  readonly tail?: Buffer;
  /** The checksum on record instead of the true one. */
  readonly crc?: number;
}

export interface ZipShape {
  readonly comment?: string;
  readonly prefix?: Buffer;
  /** Whether offsets count the prefix. */
  readonly offsetsCountPrefix?: boolean;
  readonly suffix?: Buffer;
  /** Central directory in another order than the records. */
  readonly centralReversed?: boolean;
}

/** Builds a zip, field by field, so that tests can make what no tool would. */
export function buildZip(members: readonly ZipMember[], shape: ZipShape = {}): Buffer {
  const prefix = shape.prefix ?? Buffer.alloc(0);
  const parts: Buffer[] = [prefix];
  const base = shape.offsetsCountPrefix === false ? prefix.byteLength : 0;
  let at = prefix.byteLength;
  const central: Buffer[] = [];
  for (const member of members) {
    const data = Buffer.from(member.data ?? '');
    const method = member.method ?? 0;
    const stored = Buffer.concat([
      method === 8 ? deflateRawSync(data) : data,
      member.tail ?? Buffer.alloc(0),
    ]);
    const crc = member.crc ?? crc32(data);
    const name = Buffer.from(member.name);
    const localName = member.localName === undefined ? name : Buffer.from(member.localName);
    const flags = (member.flags ?? 0) | (member.streamed === true ? 8 : 0);
    const [time, date] = [member.time ?? 0x1883, member.date ?? 0x5c22];
    const localExtra = member.localExtra ?? member.extra ?? Buffer.alloc(0);
    const extra = member.extra ?? Buffer.alloc(0);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(20, 4);
    local.writeUInt16LE(flags, 6);
    local.writeUInt16LE(method, 8);
    local.writeUInt16LE(time, 10);
    local.writeUInt16LE(date, 12);
    if (member.streamed !== true) {
      local.writeUInt32LE(crc, 14);
      local.writeUInt32LE(stored.byteLength, 18);
      local.writeUInt32LE(data.byteLength, 22);
    }
    local.writeUInt16LE(localName.byteLength, 26);
    local.writeUInt16LE(localExtra.byteLength, 28);
    const descriptor = Buffer.alloc(member.streamed === true ? 16 : 0);
    if (member.streamed === true) {
      descriptor.writeUInt32LE(0x08074b50, 0);
      descriptor.writeUInt32LE(crc, 4);
      descriptor.writeUInt32LE(stored.byteLength, 8);
      descriptor.writeUInt32LE(data.byteLength, 12);
    }
    const record = Buffer.alloc(46);
    record.writeUInt32LE(0x02014b50, 0);
    record.writeUInt8(20, 4);
    record.writeUInt8(member.system ?? 3, 5);
    record.writeUInt16LE(20, 6);
    record.writeUInt16LE(flags, 8);
    record.writeUInt16LE(method, 10);
    record.writeUInt16LE(time, 12);
    record.writeUInt16LE(date, 14);
    record.writeUInt32LE(crc, 16);
    record.writeUInt32LE(stored.byteLength, 20);
    record.writeUInt32LE(data.byteLength, 24);
    record.writeUInt16LE(name.byteLength, 28);
    record.writeUInt16LE(extra.byteLength, 30);
    record.writeUInt16LE(Buffer.byteLength(member.comment ?? ''), 32);
    record.writeUInt32LE(((member.mode ?? 0o100644) << 16) >>> 0, 38);
    record.writeUInt32LE(at - base, 42);
    if (member.hidden !== true)
      central.push(Buffer.concat([record, name, extra, Buffer.from(member.comment ?? '')]));
    const whole = Buffer.concat([
      local,
      localName,
      localExtra,
      stored,
      descriptor,
      member.gap ?? Buffer.alloc(0),
    ]);
    parts.push(whole);
    at += whole.byteLength;
  }
  if (shape.centralReversed === true) central.reverse();
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(central.length, 8);
  end.writeUInt16LE(central.length, 10);
  end.writeUInt32LE(directory.byteLength, 12);
  end.writeUInt32LE(at - base, 16);
  const comment = Buffer.from(shape.comment ?? '');
  end.writeUInt16LE(comment.byteLength, 20);
  return Buffer.concat([...parts, directory, end, comment, shape.suffix ?? Buffer.alloc(0)]);
}
