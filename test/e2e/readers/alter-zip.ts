import { deflateRawSync, crc32 } from 'node:zlib';
import type { Chance } from './chance.ts';

/** Numbers of a record by name: those that are given replace what is true. */
type Fields = Record<string, number>;

interface Member {
  name: Buffer;
  localName: Buffer | undefined;
  data: Buffer;
  method: number;
  local: Fields;
  central: Fields;
  localExtra: Buffer;
  extra: Buffer;
  comment: Buffer;
  descriptor: 'none' | 'signed' | 'unsigned' | 'signed64' | 'unsigned64';
  before: Buffer;
  tail: Buffer;
  hidden: boolean;
  /** Written in the directory again. */
  twice: boolean;
}

interface Zip {
  members: Member[];
  end: Fields;
  comment: Buffer;
  prefix: Buffer;
  suffix: Buffer;
  beforeCentral: Buffer;
  beforeEnd: Buffer;
  zip64: { record: Fields; locator: Fields; tail: Buffer } | undefined;
}

const none = Buffer.alloc(0);

type Layout = readonly (readonly [name: string, bytes: 2 | 4 | 8])[];

const localLayout: Layout = [
  ['signature', 4],
  ['version', 2],
  ['flags', 2],
  ['method', 2],
  ['time', 2],
  ['date', 2],
  ['crc', 4],
  ['packed', 4],
  ['size', 4],
  ['nameBytes', 2],
  ['extraBytes', 2],
];
const centralLayout: Layout = [
  ['signature', 4],
  ['made', 2],
  ...localLayout.slice(1),
  ['commentBytes', 2],
  ['disk', 2],
  ['internal', 2],
  ['external', 4],
  ['offset', 4],
];
const endLayout: Layout = [
  ['signature', 4],
  ['disk', 2],
  ['centralDisk', 2],
  ['entriesHere', 2],
  ['entries', 2],
  ['centralBytes', 4],
  ['centralOffset', 4],
  ['commentBytes', 2],
];
const end64Layout: Layout = [
  ['signature', 4],
  ['recordBytes', 8],
  ['made', 2],
  ['version', 2],
  ['disk', 4],
  ['centralDisk', 4],
  ['entriesHere', 8],
  ['entries', 8],
  ['centralBytes', 8],
  ['centralOffset', 8],
];
const locatorLayout: Layout = [
  ['signature', 4],
  ['disk', 4],
  ['offset', 8],
  ['disks', 4],
];

function write(layout: Layout, values: Fields): Buffer {
  const parts = layout.map(([name, bytes]) => {
    const part = Buffer.alloc(bytes);
    const value = Math.max(0, values[name] ?? 0);
    if (bytes === 8) part.writeBigUInt64LE(BigInt(value));
    else part.writeUIntLE(value % 2 ** (8 * bytes), 0, bytes);
    return part;
  });
  return Buffer.concat(parts);
}

function block(id: number, data: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(data.byteLength, 2);
  return Buffer.concat([head, data]);
}

function longs(...values: number[]): Buffer {
  const bytes = Buffer.alloc(8 * values.length);
  for (const [at, value] of values.entries()) bytes.writeBigUInt64LE(BigInt(value), 8 * at);
  return bytes;
}

function descriptorOf(kind: Member['descriptor'], crc: number, packed: number, size: number): Buffer {
  if (kind === 'none') return none;
  const layout: Layout = [
    ...(kind.startsWith('signed') ? ([['signature', 4]] as const) : []),
    ['crc', 4],
    ['packed', kind.endsWith('64') ? 8 : 4],
    ['size', kind.endsWith('64') ? 8 : 4],
  ];
  return write(layout, { signature: 0x08074b50, crc, packed, size });
}

/** The bytes of it, with all that is not said otherwise as it should be. */
function serialise(zip: Zip): Buffer {
  const parts: Buffer[] = [zip.prefix];
  const directory: Buffer[] = [];
  let at = zip.prefix.byteLength;
  for (const member of zip.members) {
    const { name, data, method, descriptor } = member;
    const packed = Buffer.concat([method === 8 ? deflateRawSync(data) : data, member.tail]);
    const facts = {
      version: 20,
      method,
      date: 0x5c22,
      crc: crc32(data),
      packed: packed.byteLength,
      size: data.byteLength,
    };
    const flags = descriptor === 'none' ? 0 : 8;
    const blank = descriptor === 'none' ? {} : { crc: 0, packed: 0, size: 0 };
    const localName = member.localName ?? name;
    const local = write(localLayout, {
      ...facts,
      signature: 0x04034b50,
      flags,
      ...blank,
      nameBytes: localName.byteLength,
      extraBytes: member.localExtra.byteLength,
      ...member.local,
    });
    at += member.before.byteLength;
    const central = write(centralLayout, {
      ...facts,
      signature: 0x02014b50,
      made: 0x0314,
      flags,
      nameBytes: name.byteLength,
      extraBytes: member.extra.byteLength,
      commentBytes: member.comment.byteLength,
      external: (name.at(-1) === 0x2f ? 0o040755 : 0o100644) * 65_536,
      offset: at,
      ...member.central,
    });
    const record = Buffer.concat([central, name, member.extra, member.comment]);
    if (!member.hidden) directory.push(record);
    if (member.twice) directory.push(record);
    const whole = Buffer.concat([
      local,
      localName,
      member.localExtra,
      packed,
      descriptorOf(descriptor, facts.crc, packed.byteLength, data.byteLength),
    ]);
    parts.push(member.before, whole);
    at += whole.byteLength;
  }
  at += zip.beforeCentral.byteLength;
  const central = Buffer.concat(directory);
  const facts = {
    entries: directory.length,
    entriesHere: directory.length,
    centralBytes: central.byteLength,
    centralOffset: at,
  };
  parts.push(zip.beforeCentral, central, zip.beforeEnd);
  at += central.byteLength + zip.beforeEnd.byteLength;
  if (zip.zip64 !== undefined) {
    const { record, locator, tail } = zip.zip64;
    parts.push(
      write(end64Layout, {
        signature: 0x06064b50,
        recordBytes: 44 + tail.byteLength,
        made: 45,
        version: 45,
        ...facts,
        ...record,
      }),
      tail,
      write(locatorLayout, { signature: 0x07064b50, offset: at, disks: 1, ...locator }),
    );
  }
  parts.push(
    write(endLayout, { signature: 0x06054b50, ...facts, commentBytes: zip.comment.byteLength, ...zip.end }),
    zip.comment,
    zip.suffix,
  );
  return Buffer.concat(parts);
}

const names = [
  'a.txt',
  'b/c.txt',
  'd.py',
  'pkg/__init__.py',
  'META-INF/MANIFEST.MF',
  'x-1.dist-info/RECORD',
  'e',
];
const strange = [
  'A.txt',
  './a.txt',
  'a.txt/',
  'b//c.txt',
  'b',
  'a\0b',
  'c\\d',
  'C:x',
  'a.',
  'a ',
  'b/../a.txt',
  '/a.txt',
  'é',
  'e\u0301',
  'a.txt\0.py',
  '',
  'd.py:s',
  'con',
];

function plainMember(chance: Chance, name: string): Member {
  const method = name.endsWith('/') ? 0 : chance.of([0, 8]);
  return {
    name: Buffer.from(name),
    localName: undefined,
    data: Buffer.from(name.endsWith('/') ? '' : `content of ${name} ${'x'.repeat(chance.below(60))}`),
    method,
    local: {},
    central: {},
    localExtra: none,
    extra: none,
    comment: none,
    descriptor: method === 8 && chance.maybe(0.2) ? chance.of(['signed', 'unsigned'] as const) : 'none',
    before: none,
    tail: none,
    hidden: false,
    twice: false,
  };
}

function plainZip(chance: Chance): Zip {
  const members = names.filter(() => chance.maybe(0.5)).map((name) => plainMember(chance, name));
  if (members.length === 0 || chance.maybe(0.3)) members.push(plainMember(chance, 'dir/'));
  return {
    members,
    end: {},
    comment: none,
    prefix: none,
    suffix: none,
    beforeCentral: none,
    beforeEnd: none,
    zip64: undefined,
  };
}

/** A value that is near a true one, near a bound, or any. */
function number(chance: Chance, bytes: number): number {
  const max = 2 ** (8 * Math.min(bytes, 6));
  return (
    chance.of([
      0,
      1,
      2,
      3,
      8,
      10,
      20,
      30,
      100,
      0x10,
      0x20,
      0x41,
      0x800,
      0xffff,
      0xffffffff,
      max - 1,
      max - 2,
      chance.below(300),
      chance.below(max),
    ]) % max
  );
}

function alterFields(chance: Chance, fields: Fields, layout: Layout): void {
  const [name, bytes] = chance.of(layout);
  fields[name] = number(chance, bytes);
}

function unicodePath(name: Buffer, text: string, valid: boolean): Buffer {
  const head = Buffer.from([1, 0, 0, 0, 0]);
  head.writeUInt32LE(valid ? crc32(name) : 7, 1);
  return block(0x7075, Buffer.concat([head, Buffer.from(text)]));
}

function someExtra(chance: Chance, { name, data }: Member): Buffer {
  return chance.of([
    () => block(1, longs(data.byteLength, data.byteLength)),
    () => block(1, longs(data.byteLength + 1, 3)),
    () => block(1, longs(data.byteLength, data.byteLength, 0)),
    () => Buffer.concat([block(1, longs(data.byteLength)), block(1, longs(9))]),
    () => unicodePath(name, chance.of([...names, 'z.txt', name.toString()]), chance.maybe(0.8)),
    () => Buffer.concat([unicodePath(name, 'z.txt', true), unicodePath(name, name.toString(), true)]),
    () => block(0x5455, Buffer.from([3, 1, 2, 3, 4, 5, 6, 7, 8])),
    () => block(0x7875, Buffer.from([1, 4, 0, 0, 0, 0, 4, 0, 0, 0, 0])),
    () => block(chance.below(65_536), Buffer.alloc(chance.below(20), chance.below(256))),
    () => Buffer.from([1, 0, 255]),
    () => Buffer.alloc(chance.below(8)),
    () => block(0x9901, Buffer.from([2, 0, 0x41, 0x45, 3, 8, 0])),
    () => block(0x000d, Buffer.concat([Buffer.alloc(12), Buffer.from('/etc')])),
  ])();
}

type Change = (chance: Chance, zip: Zip, member: Member) => void;

/** Each changes one thing of a zip. */
const changes: readonly Change[] = [
  (chance, _, { local }) => alterFields(chance, local, localLayout),
  (chance, _, { local }) => alterFields(chance, local, localLayout),
  (chance, _, { central }) => alterFields(chance, central, centralLayout),
  (chance, _, { central }) => alterFields(chance, central, centralLayout),
  (chance, { end }) => alterFields(chance, end, endLayout),
  (chance, _, member) => {
    const { local, central } = member;
    const [name, bytes] = chance.of(localLayout.slice(1));
    local[name] = central[name] = number(chance, bytes);
  },
  (chance, _, { central }) => {
    central['external'] =
      chance.of([0o120777, 0o040755, 0o100755, 0o104755, 0o020666, 0, 0o644]) * 65_536 +
      chance.of([0, 0x10, 0x20, 8, 1]);
    central['made'] = chance.of([0x0314, 0x14, 0x0a14, 0x1314, 0x0114, 0x0714]);
  },
  (chance, _, member) => void (member.name = Buffer.from(chance.of([...names, ...strange]))),
  (chance, _, member) =>
    void (member.name = Buffer.from(chance.of(['\xe9', 'caf\x82', '\xff.txt']), 'latin1')),
  (chance, _, member) => {
    member.name = Buffer.from(chance.of(['é.txt', 'ä/ö']));
    member.local['flags'] = chance.of([0, 0x800]) | (member.descriptor === 'none' ? 0 : 8);
    member.central['flags'] = chance.of([0, 0x800]) | (member.descriptor === 'none' ? 0 : 8);
  },
  (chance, _, member) => void (member.localName = Buffer.from(chance.of([...names, ...strange]))),
  (chance, _, member) => void (member.localExtra = someExtra(chance, member)),
  (chance, _, member) => void (member.extra = someExtra(chance, member)),
  (chance, _, member) => void (member.extra = member.localExtra = someExtra(chance, member)),
  (chance, _, member) => {
    const extra = block(1, longs(member.data.byteLength, member.data.byteLength));
    member.method = 0;
    for (const fields of [member.local, member.central]) {
      fields['size'] = 0xffffffff;
      fields['packed'] = 0xffffffff;
    }
    member.extra = chance.maybe(0.3) ? Buffer.concat([extra, extra]) : extra;
    member.localExtra = chance.maybe(0.3) ? block(1, longs(3, 3)) : extra;
  },
  (chance, _, member) =>
    void (member.descriptor = chance.of(['signed', 'unsigned', 'signed64', 'unsigned64', 'none'])),
  (chance, _, member) =>
    void (member.before = chance.of([Buffer.from('hidden'), Buffer.from('PK\u0007\b'), Buffer.alloc(4)])),
  (chance, _, member) => void (member.tail = Buffer.from('x'.repeat(1 + chance.below(20)))),
  (_, __, member) => void (member.hidden = true),
  (_, __, member) => void (member.twice = true),
  (chance, zip) =>
    void zip.members.splice(
      chance.below(zip.members.length),
      0,
      plainMember(chance, chance.of([...names, ...strange])),
    ),
  (chance, zip) => void zip.members.reverse().push(plainMember(chance, chance.of(strange))),
  (chance, _, member) => {
    member.data = Buffer.from(chance.of(['../../etc/passwd', 'a.txt', 'b']));
    member.central['external'] = 0o120777 * 65_536;
  },
  (chance, zip) => void (zip.prefix = Buffer.from(chance.of(['#!/bin/sh\n', 'MZ', 'PK00', 'PK\u0007\b']))),
  (chance, zip) => void (zip.suffix = Buffer.from(chance.of(['x', '\0\0', 'PK\u0005\u0006', '\n']))),
  (chance, zip) =>
    void (zip.beforeCentral = Buffer.from(chance.of(['x', 'PK\u0001\u0002', 'PK\u0005\u0006']))),
  (chance, zip) =>
    void (zip.beforeEnd = Buffer.from(chance.of(['x', 'PK\u0001\u0002', 'PK\u0005\u0005\0\0']))),
  (chance, zip) => {
    const inner = serialise(plainZip(chance));
    zip.comment = chance.of([
      inner,
      inner.subarray(-22),
      Buffer.from('a comment'),
      Buffer.concat([inner.subarray(-22), Buffer.from('more')]),
    ]);
    if (chance.maybe(0.3))
      zip.end['commentBytes'] = chance.of([0, zip.comment.byteLength - 1, zip.comment.byteLength + 1]);
  },
  (chance, zip) => {
    zip.zip64 = { record: {}, locator: {}, tail: none };
    if (chance.maybe(0.5)) alterFields(chance, zip.zip64.record, end64Layout);
    if (chance.maybe(0.3)) alterFields(chance, zip.zip64.locator, locatorLayout);
    if (chance.maybe(0.3)) zip.zip64.tail = chance.of([Buffer.alloc(8), serialise(plainZip(chance))]);
    if (chance.maybe(0.6))
      Object.assign(zip.end, {
        entries: 0xffff,
        entriesHere: 0xffff,
        centralBytes: 0xffffffff,
        centralOffset: 0xffffffff,
      });
    else if (chance.maybe(0.5)) zip.end[chance.of(['entries', 'centralBytes', 'centralOffset'])] = 0xffffffff;
  },
  (chance, zip) => {
    const inner = plainZip(chance);
    zip.suffix = serialise(inner);
  },
  (chance, zip) => void (zip.prefix = serialise(plainZip(chance))),
];

/** A zip with that many alterations, each by itself nothing that every tool refuses. */
export function alteredZip(chance: Chance, alterations: number): Buffer {
  const zip = plainZip(chance);
  for (let at = 0; at < alterations; at += 1) chance.of(changes)(chance, zip, chance.of(zip.members));
  return serialise(zip);
}
