import { createHash } from 'node:crypto';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import type { FindingId } from '#core/archive/findings.ts';
import { buildAr } from './build-ar.ts';
import { buildOverlappingZip } from './build-overlapping-zip.ts';
import { buildTar, type TarMember } from './build-tar.ts';
import { buildZip, type ZipMember } from './build-zip.ts';
import { compressBzip2 } from './compress-bzip2.ts';
import { compressLzip } from './compress-lzip.ts';
import { compressXz } from './compress-xz.ts';

const plain: ZipMember = { name: 'a.txt', data: 'hello' };
const other: ZipMember = { name: 'b.txt', data: 'world' };
const file = { name: 'a.txt', data: 'hello' };

/** Bytes that no compressor makes smaller, the same each time. */
function noise(length: number): Buffer {
  const parts = Array.from({ length: length / 32 }, (_, at) =>
    createHash('sha256').update(String(at)).digest(),
  );
  return Buffer.concat(parts);
}

function withBytes(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = value;
  return copy;
}

function unicodePath(name: string): Buffer {
  const data = Buffer.concat([Buffer.from([1, 0, 0, 0, 0]), Buffer.from(name)]);
  const head = Buffer.alloc(4);
  head.writeUInt16LE(0x7075, 0);
  head.writeUInt16LE(data.byteLength, 2);
  return Buffer.concat([head, data]);
}

function extraBlock(id: number, data: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(data.byteLength, 2);
  return Buffer.concat([head, data]);
}

/** A zip64 end record and its locator, which say what `values` say: entries, bytes and place of the directory. */
function withZip64End(values: (zip: Buffer) => number[], tail = Buffer.alloc(0)): Buffer {
  const zip = buildZip([plain]);
  const at = zip.byteLength - 22;
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(BigInt(44 + tail.byteLength), 4);
  for (const [index, value] of [1, ...values(zip)].entries())
    record.writeBigUInt64LE(BigInt(value), 24 + 8 * index);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(at), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([zip.subarray(0, at), record, tail, locator, zip.subarray(at)]);
}

function withZip64Elsewhere(): Buffer {
  const zip = withZip64End(endValues);
  zip.writeBigUInt64LE(7n, zip.byteLength - 22 - 12);
  return zip;
}

/** The short end record's own: one entry, bytes and place of the directory. */
function endValues(zip: Buffer): number[] {
  return [1, zip.readUInt32LE(zip.byteLength - 10), zip.readUInt32LE(zip.byteLength - 6)];
}

function withLongDescriptor(): Buffer {
  const zip = buildZip([{ ...plain, method: 8, streamed: true, gap: Buffer.alloc(8) }]);
  const at = zip.indexOf(Buffer.from('PK\u0007\b'));
  zip.writeBigUInt64LE(BigInt(zip.readUInt32LE(at + 8)), at + 8);
  zip.writeBigUInt64LE(5n, at + 16);
  return zip;
}

function withCutComment(): Buffer {
  const zip = buildZip([plain]);
  zip.writeUInt16LE(7, zip.byteLength - 2);
  return zip;
}

function withAttributes(member: ZipMember, attributes: number): Buffer {
  const zip = buildZip([member]);
  const record = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  zip.writeUInt8(attributes, record + 38);
  return zip;
}

function withLongCentral(): Buffer {
  const bytes = buildZip([plain, other]);
  bytes.writeUInt16LE(3, bytes.byteLength - 22 + 10);
  return bytes;
}

function overlapping(): Buffer {
  const bytes = buildZip([plain, { ...plain, name: 'c.txt' }]);
  const second = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  bytes.writeUInt32LE(0, second + 42);
  return bytes;
}

function rival(): Buffer {
  const inner = buildZip([other]).subarray(-22);
  const bytes = Buffer.concat([buildZip([plain]), inner]);
  bytes.writeUInt16LE(inner.byteLength, bytes.byteLength - inner.byteLength - 2);
  // Now the comment of the first end record is itself an end record.
  inner.copy(bytes, bytes.byteLength - inner.byteLength);
  const first = bytes.byteLength - 44;
  bytes.copy(bytes, bytes.byteLength - 22, first, first + 20);
  bytes.writeUInt32LE(bytes.readUInt32LE(first + 16), bytes.byteLength - 6);
  bytes.writeUInt16LE(0, bytes.byteLength - 2);
  return bytes;
}

/** A harmless archive of each kind, and for each finding that a reader makes a tiny archive that has it. */
export const harmless = {
  zip: buildZip([plain, other]),
  tar: buildTar([file, { name: 'b.txt', data: 'world' }]),
  ar: buildAr([file, { name: 'b.txt', data: 'world' }]),
  gzip: gzipSync('hello', { level: 6 }),
  zstd: zstdCompressSync('hello', { params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
  xz: compressXz('hello'),
  bzip2: compressBzip2('hello'),
  lzma: compressXz('hello', '--format=lzma'),
  lzip: compressLzip('hello'),
};

/** A frame that every zstd decoder skips, RFC 8878 section 3.1.2. */
const skippable = Buffer.concat([Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 6, 0, 0, 0]), Buffer.from('hidden')]);

/** GNU's sparse form 1.0: the map, then five bytes. */
function sparse(map: string, realSize = 517): TarMember {
  return {
    name: 'GNUSparseFile.1/a.txt',
    data: `${map.padEnd(512, '\0')}hello`,
    pax: {
      'GNU.sparse.major': '1',
      'GNU.sparse.minor': '0',
      'GNU.sparse.name': 'a.txt',
      'GNU.sparse.realsize': String(realSize),
    },
  };
}

/** GNU's first sparse form: the map is in the header. */
function withOldSparse(): Buffer {
  const tar = buildTar([{ ...file, type: 'S' }]);
  tar.write('ustar  \0', 257, 'latin1');
  tar.write(`${(512).toString(8).padStart(11, '0')}\0${(5).toString(8).padStart(11, '0')}\0`, 386, 'latin1');
  tar.write(`${(517).toString(8).padStart(11, '0')}\0`, 483, 'latin1');
  return withChecksum(tar);
}

const smallZeros = buildZip([{ name: 'zeros', method: 8, data: Buffer.alloc(5 * 1024 ** 2) }]);

export const tinyArchives: Readonly<Partial<Record<FindingId, Readonly<Record<string, Buffer>>>>> = {
  'bytes-before': {
    'a script before a zip': buildZip([plain], { prefix: Buffer.from('#!/bin/sh\nexit\n') }),
    'a script that the offsets do not count': buildZip([plain], {
      prefix: Buffer.from('#!/bin/sh\nexit\n'),
      offsetsCountPrefix: false,
    }),
  },
  'bytes-between': {
    'bytes between two zip records': buildZip([{ ...plain, gap: Buffer.from('hidden') }, other]),
    'bytes behind the compressed data': buildZip([{ ...plain, method: 8, tail: Buffer.from('hidden') }]),
  },
  'bytes-after': {
    'bytes after a zip': buildZip([plain], { suffix: Buffer.from('hidden') }),
    'bytes after a tar': buildTar([file], Buffer.concat([Buffer.alloc(1024), Buffer.from('hidden')])),
    'bytes after an ar': buildAr([file], 'hidden'),
    'bytes after a bzip2': Buffer.concat([harmless.bzip2, Buffer.from('hidden')]),
    'bytes after an lzma': Buffer.concat([harmless.lzma, Buffer.from('hidden')]),
    'bytes after an lzip': Buffer.concat([harmless.lzip, Buffer.from('hidden')]),
    'bytes after an xz': Buffer.concat([harmless.xz, Buffer.from('hidden')]),
    'bytes after a zstd': Buffer.concat([harmless.zstd, Buffer.from('hidden')]),
    'bytes after a gzip': Buffer.concat([harmless.gzip, Buffer.from('hidden')]),
  },
  'overlapping-records': { 'two central records of one local': overlapping() },
  'hidden-entry': { 'a local entry without a central one': buildZip([plain, { ...other, hidden: true }]) },
  'duplicate-entry': {
    'twice in a zip': buildZip([plain, { ...plain, data: 'other' }]),
    'twice in an ar': buildAr([file, { ...file, data: 'other' }]),
    'two contents of a .deb': buildAr([
      { name: 'debian-binary', data: '2.0\n' },
      { name: 'data.tar.gz', data: '' },
      { name: 'data.tar.xz', data: '' },
    ]),
    'twice in a tar': buildTar([file, { ...file, data: 'other' }]),
    'twice, spelled in two ways': buildTar([file, { ...file, name: './/a.txt', data: 'other' }]),
  },
  'local-central-disagree': { 'another local name': buildZip([{ ...plain, localName: 'z.txt' }]) },
  'ambiguous-end': {
    'an end record in the comment of another': rival(),
    'an end record whose comment is cut off': withCutComment(),
    'a zip64 record that says something else': withZip64End((zip) => [1, 0, endValues(zip)[2] ?? 0]),
    'a zip64 record that is not where its locator says': withZip64Elsewhere(),
    'bytes behind the values of a zip64 record': withZip64End(endValues, Buffer.from('hidden')),
  },
  'split-archive': { 'another number of entries on this disk': withPartOnDisk() },
  'ambiguous-extra': {
    'sizes twice': buildZip([
      { ...plain, extra: Buffer.concat([1, 1].map((id) => extraBlock(id, Buffer.alloc(8)))) },
    ]),
    'sizes beside those of the record': buildZip([{ ...plain, extra: extraBlock(1, Buffer.alloc(8, 1)) }]),
    'bytes that are no block': buildZip([{ ...plain, extra: Buffer.from([1, 0, 255]) }]),
  },
  'ambiguous-descriptor': {
    'behind data that is stored': buildZip([{ ...plain, streamed: true }]),
    'eight bytes for each size': withLongDescriptor(),
  },
  'ambiguous-kind': {
    'the name of a folder, the mode of a file': buildZip([{ name: 'a.txt/', mode: 0o100644 }]),
    'a folder with content': buildZip([{ ...plain, name: 'd/', mode: 0o040755 }]),
    'a kind that there is not': buildZip([{ ...plain, mode: 0o150644 }]),
    'a volume label': withAttributes(plain, 8),
    'a link of Unix, made on Windows': buildZip([{ name: 'l', data: 'a.txt', mode: 0o120777, system: 0 }]),
    'the name of a folder in a tar, the type of a file': buildTar([{ ...file, name: 'a.txt/' }]),
  },
  'count-mismatch': { 'more entries on record': withLongCentral() },
  'content-mismatch': {
    'a zip with a wrong checksum': buildZip([{ ...plain, crc: 1 }]),
    'a bzip2 with a wrong checksum': withBytes(harmless.bzip2, 10, 0),
    // Its end is CRC-64, an index of 8 bytes and a footer of 12.
    'an lzip with a wrong checksum': withBytes(harmless.lzip, harmless.lzip.byteLength - 20, 0),
    'an xz with a wrong checksum': withBytes(harmless.xz, harmless.xz.byteLength - 21, 0),
    'a gzip with a wrong checksum of its header': Buffer.concat([
      withBytes(harmless.gzip.subarray(0, 10), 3, 2),
      Buffer.from([1, 2]),
      harmless.gzip.subarray(10),
    ]),
    'a gzip with a wrong checksum': withBytes(harmless.gzip, harmless.gzip.byteLength - 8, 0),
  },
  'unreadable-archive': {
    'a zip without an end': buildZip([plain]).subarray(0, -22),
    'a part of a zip': Buffer.concat([Buffer.from('PK\u0007\b'), buildZip([plain]).subarray(0, -22)]),
    'a tar with a broken header': withBytes(buildTar([file, file]), 1024 + 10, 7),
    'a zstd cut short': harmless.zstd.subarray(0, 9),
    'a zstd with a wrong checksum': withBytes(harmless.zstd, harmless.zstd.byteLength - 1, 0xaa),
    'an lzma cut short': harmless.lzma.subarray(0, -1),
    'an lzip cut short': harmless.lzip.subarray(0, -1),
    'an xz cut short': harmless.xz.subarray(0, -1),
    'a bzip2 cut short': harmless.bzip2.subarray(0, -1),
    'an xz with a wrong index': withBytes(harmless.xz, harmless.xz.byteLength - 18, 7),
    'an ar cut short': harmless.ar.subarray(0, -3),
    'a gzip cut short': harmless.gzip.subarray(0, 15),
  },
  'undecodable-content': {
    'a sparse map longer than its data': buildTar([sparse('1\n512\n6\n')]),
    'a broken deflate stream': withBytes(buildZip([{ ...plain, method: 8 }]), 35, 0xff),
  },
  'encrypted-entry': { 'the encryption flag': buildZip([{ ...plain, flags: 1 }]) },
  'second-archive': { 'a tar behind a tar': Buffer.concat([buildTar([file]), buildTar([file])]) },
  'second-member': {
    'a gzip behind a gzip': Buffer.concat([harmless.gzip, gzipSync('more')]),
    'a bzip2 behind a bzip2': Buffer.concat([harmless.bzip2, compressBzip2('more')]),
    'an lzip behind an lzip': Buffer.concat([harmless.lzip, compressLzip('more')]),
    'an xz behind an xz': Buffer.concat([harmless.xz, Buffer.alloc(4), compressXz('more')]),
    'a zstd behind a zstd': Buffer.concat([harmless.zstd, zstdCompressSync('more')]),
  },
  'nonzero-padding': {
    'another byte between members of an ar': buildAr([{ ...file, padding: 'x' }, file]),
    'padding of ones': buildTar([{ ...file, padding: 1 }]),
    'bytes behind a name': withChecksum(withBytes(buildTar([file]), 50, 0x41)),
    'a prefix that only some versions know': withOldPrefix(),
    'a device of a file that is no number': withChecksum(withBytes(buildTar([file]), 329, 0x41)),
  },
  'missing-end': { 'a tar without zero blocks': buildTar([file], Buffer.alloc(0)) },
  'unknown-record': {
    'a zstd frame that is skipped': Buffer.concat([harmless.zstd, skippable]),
    'an unknown type': buildTar([{ ...file, type: 'V' }]),
    'a member that no .deb has': buildAr([{ name: 'debian-binary', data: '2.0\n' }, file]),
    'a record of Solaris': Buffer.concat([
      buildTar([{ name: 'X', type: 'X', data: '12 mtime=1\n' }], Buffer.alloc(0)),
      harmless.tar,
    ]),
    'a global record that parts a member from its own': Buffer.concat([
      buildTar([{ name: 'x', type: 'x', data: '11 mtime=1\n' }], Buffer.alloc(0)),
      buildTar([{ name: 'g', type: 'g', data: '13 comment=x\n' }], Buffer.alloc(0)),
      harmless.tar,
    ]),
  },
  'sparse-member': {
    'a hole before the data of a pax member': buildTar([sparse('1\n512\n5\n')]),
    'a hole before the data of an old GNU member': withOldSparse(),
    'a size that only some readers heed': buildTar([{ ...file, pax: { 'SCHILY.realsize': '600' } }]),
  },
  setuid: {
    'in a zip': buildZip([{ ...plain, mode: 0o104755 }]),
    'in an ar': buildAr([{ ...file, mode: 0o104755 }]),
    'in a tar': buildTar([{ ...file, mode: 0o4755 }]),
  },
  setgid: {
    'in a zip': buildZip([{ ...plain, mode: 0o102755 }]),
    'in a tar': buildTar([{ ...file, mode: 0o2755 }]),
  },
  device: {
    'in a tar': buildTar([{ name: 'null', type: '3' }]),
    'in a zip': buildZip([{ ...plain, mode: 0o020666 }]),
  },
  'symbolic-link': {
    'in a tar': buildTar([{ name: 'l', type: '2', link: 'a.txt' }]),
    'in a zip': buildZip([{ name: 'l', data: 'a.txt', mode: 0o120777 }]),
  },
  'hard-link': { 'in a tar': buildTar([file, { name: 'l', type: '1', link: 'a.txt' }]) },
  'link-escapes': {
    'out of a tar': buildTar([{ name: 'd/l', type: '2', link: '../../etc/passwd' }]),
    'to the root': buildTar([{ name: 'd/l', type: '1', link: '/etc/passwd' }]),
    'out of a zip': buildZip([{ name: 'l', data: '../x', mode: 0o120777 }]),
    'out of a zip, compressed': buildZip([{ name: 'l', data: '../x', mode: 0o120777, method: 8 }]),
  },
  'signature-file': {
    'in a jar': buildZip([plain, { name: 'META-INF/X.SF', data: 'Signature-Version: 1.0' }]),
    'in an app bundle': buildTar([file, { name: 'X.app/_CodeSignature/CodeResources' }]),
    'in a wheel': buildZip([plain, { name: 'x-1.dist-info/RECORD.jws' }]),
    'in a .deb': buildAr([file, { name: '_gpgorigin', data: 'x' }]),
    'in a NuGet package': buildZip([plain, { name: '.signature.p7s' }]),
    'beside its file': buildTar([file, { name: 'a.txt.asc' }]),
    'before the directory of an APK': buildZip([{ ...plain, gap: Buffer.from('APK Sig Block 42') }]),
  },
  whiteout: {
    'of a file': buildTar([{ name: 'etc/.wh.shadow' }]),
    'of all below a folder': buildTar([{ name: 'etc/.wh..wh..opq' }]),
  },
  'absolute-name': {
    'in a zip': buildZip([{ ...plain, name: '/etc/passwd' }]),
    'a drive': buildZip([{ ...plain, name: 'C:x' }]),
    'in an ar': buildAr([{ ...file, name: '/etc/passwd' }]),
    'in a tar': buildTar([{ ...file, name: '/etc/passwd' }]),
  },
  'escaping-name': {
    'in a zip': buildZip([{ ...plain, name: '../x' }]),
    'in a tar': buildTar([{ ...file, name: 'a/../../x' }]),
    'by pax': buildTar([{ ...file, pax: { path: '../x' } }]),
  },
  'backslash-in-name': { 'in a zip': buildZip([{ ...plain, name: 'a\\b' }]) },
  'control-in-name': {
    'in a zip': buildZip([{ ...plain, name: 'a\u001b[2Jb' }]),
    'in a tar': buildTar([{ ...file, name: 'a\nb' }]),
    'in the target of a link': buildTar([{ name: 'l', type: '2', pax: { linkpath: 'a\0b' } }]),
  },
  'deceptive-name': { 'right to left': buildZip([{ ...plain, name: 'a\u202etxt.exe' }]) },
  'undecodable-name': { 'in a tar': withNameByte(buildTar([{ ...file, name: 'a?' }]), 0xff) },
  'empty-name': {
    'in a zip': buildZip([{ ...plain, name: '' }]),
    'a link to nothing': buildTar([{ name: 'l', type: '2' }]),
  },
  'undeclared-encoding': { 'in a zip': buildZip([{ ...plain, name: 'caf\u00e9' }]) },
  'second-name': {
    'a unicode path': buildZip([{ ...plain, extra: unicodePath('z.txt') }]),
    'a unicode path in the local header': buildZip([
      { ...plain, localExtra: unicodePath('z.txt'), extra: Buffer.alloc(0) },
    ]),
    'a slash in a name of an ar': buildAr([{ ...file, name: 'a/b' }]),
    'a global record with a name': Buffer.concat([
      buildTar([{ name: 'g', type: 'g', data: '14 path=z.txt\n' }], Buffer.alloc(0)),
      harmless.tar,
    ]),
    'a long name of GNU and one of pax': Buffer.concat([
      buildTar([{ name: 'L', type: 'L', data: 'z.txt\0' }], Buffer.alloc(0)),
      buildTar([{ ...file, pax: { path: 'y.txt' } }]),
    ]),
  },
  'second-size': { 'by pax': buildTar([{ ...file, pax: { size: '512' } }]) },
  'member-below-link': {
    'in a zip': buildZip([
      { name: 'l', data: 'd', mode: 0o120777 },
      { ...plain, name: 'l/a.txt' },
    ]),
    'in a tar': buildTar([
      { name: 'l', type: '2', link: 'd' },
      { ...file, name: './l//a.txt' },
    ]),
    'below a file': buildTar([file, { ...file, name: 'a.txt/b' }]),
  },
  'case-duplicate': { 'in a zip': buildZip([plain, { ...plain, name: 'A.txt' }]) },
  'unicode-duplicate': {
    'in a zip': buildZip([
      { ...plain, name: 'caf\u00e9' },
      { ...plain, name: 'cafe\u0301' },
    ]),
  },
  bomb: {
    'a bzip2 of zeros': compressBzip2(Buffer.alloc(65 * 1024 ** 2)),
    'an lzma of zeros': compressXz(Buffer.alloc(65 * 1024 ** 2), '--format=lzma', '-0'),
    'an xz of zeros': compressXz(Buffer.alloc(65 * 1024 ** 2), '-0'),
    'a gzip of zeros': gzipSync(Buffer.alloc(65 * 1024 ** 2)),
    'a gzip of zeros behind one of noise': Buffer.concat([
      gzipSync(noise(512 * 1024)),
      gzipSync(Buffer.alloc(65 * 1024 ** 2)),
    ]),
    'a zstd of zeros behind one of noise': Buffer.concat([
      zstdCompressSync(noise(512 * 1024)),
      zstdCompressSync(Buffer.alloc(65 * 1024 ** 2)),
    ]),
    'a zip of sixteen zips, each of which is none': buildZip(
      Array.from({ length: 16 }, (_, at) => ({
        name: `${at}.zip`,
        method: 8 as const,
        data: smallZeros,
      })),
    ),
    'a zip whose twenty members decode the same bytes': buildOverlappingZip(20, 4 * 1024 ** 2),
    'a tar with a large hole': buildTar([sparse('1\n512\n5\n', 65 * 1024 ** 2)]),
    'a zip of zeros': buildZip([{ name: 'z', method: 8, data: Buffer.alloc(65 * 1024 ** 2) }]),
  },
};

/** Sets the second byte of the name and mends the checksum. */
function withNameByte(tar: Buffer, value: number): Buffer {
  return withChecksum(withBytes(tar, 1, value));
}

/** Mends the checksum of the first header. */
function withChecksum(tar: Buffer): Buffer {
  const copy = Buffer.from(tar);
  copy.fill(' ', 148, 156);
  const sum = copy.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  copy.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return copy;
}

function withPartOnDisk(): Buffer {
  const zip = Buffer.from(harmless.zip);
  zip.writeUInt16LE(1, zip.byteLength - 14);
  return zip;
}

function withOldPrefix(): Buffer {
  const tar = buildTar([file]);
  tar.write('ustar  \0prefix', 257, 'latin1');
  tar.fill(0, 265, 297);
  tar.write('prefix', 345, 'latin1');
  return withChecksum(tar);
}
