/**
 * Mach-O: executables, libraries and object files, for one architecture or several. Names of parts:
 *
 * - `header cputype` and so on: fields of the header
 * - `load command LC_UUID` (value: digits), `load command LC_BUILD_VERSION` (`macOS 11.0.0, SDK 12.3.0, ld 764.0.0`),
 *   `load command LC_RPATH`, `load command LC_SEGMENT_64` and so on
 * - `section __TEXT,__text` and so on, `relocations __TEXT,__text`
 * - `code signature`, `symbol table`, `string table`, `function starts`, `exports trie`, `chained fixups`, `indirect
 *   symbols`, `binding info` and so on: what stands in __LINKEDIT
 * - `object file time`: when an object file was written that was linked, where a symbol table differs in such alone
 * - `symbol _main`: added, removed, or with other bytes; these lie in sections, which are told as well
 * - `Go build setting -trimpath` and so on, as in ELF
 * - `order`, `overlapping regions`, `unnamed bytes`
 *
 * Of a file for several architectures: `fat header`, and all of these with the architecture behind them, such as `load
 * command LC_UUID (arm64)`.
 */
import type { Part } from '#schemas/comparison.ts';
import { BinaryReader, MalformedBinary, unlessMalformed } from '../binary/binary-reader.ts';
import { diffRegions, type Look } from '../binary/diff-regions.ts';
import { fieldsLook, type Field } from '../binary/fields.ts';
import { goBuildParts } from '../binary/go-build-info.ts';
import type { Region } from '../binary/region.ts';
import { stringsLook } from '../binary/strings.ts';
import { diffSymbols } from '../binary/symbols.ts';
import type { Inspector } from '../inspector.ts';
import type { Work } from '../work.ts';
import { codeSignatureLook } from './mach-o/code-signature.ts';
import { architectureName, readImage, readSymbols, type Image } from './mach-o/image.ts';
import { symbolTableLook } from './mach-o/symbol-table.ts';
import { loadCommandLook } from './mach-o/load-commands.ts';

const imagesMax = 32;
const fatMagic = 0xcafebabe;
const fatMagic64 = 0xcafebabf;

interface Slice {
  readonly suffix: string;
  readonly start: number;
  readonly image: Image;
}

interface MachO {
  readonly bytes: Uint8Array;
  readonly slices: readonly Slice[];
  readonly regions: readonly Region[];
}

/** Where the architectures of a fat file stand. <mach-o/fat.h> @throws MalformedBinary */
function readFat(bytes: Uint8Array, work: Work): MachO {
  const reader = new BinaryReader(bytes, false);
  const wide = reader.u32(0) === fatMagic64;
  const count = reader.u32(4);
  if (count > imagesMax) throw new MalformedBinary('too many architectures');
  const each = wide ? 32 : 20;
  const slices = Array.from({ length: count }, (_, index): Slice => {
    const at = 8 + index * each;
    const start = wide ? reader.size64(at + 8) : reader.u32(at + 8);
    const size = wide ? reader.size64(at + 16) : reader.u32(at + 12);
    const image = readImage(reader.slice(start, size), work);
    return { suffix: ` (${architectureName(reader.u32(at))})`, start, image };
  });
  const regions: Region[] = [{ name: 'fat header', start: 0, end: 8 + count * each }];
  for (const { suffix, start, image } of slices)
    for (const region of image.regions)
      regions.push({
        ...region,
        name: `${region.name}${suffix}`,
        start: region.start + start,
        end: region.end + start,
      });
  return { bytes, slices, regions };
}

function read(bytes: Uint8Array, work: Work): MachO | undefined {
  return unlessMalformed(() => {
    const magic = new BinaryReader(bytes, false).u32(0);
    if (magic === fatMagic || magic === fatMagic64) return readFat(bytes, work);
    const image = readImage(bytes, work);
    return { bytes, slices: [{ suffix: '', start: 0, image }], regions: image.regions };
  });
}

const headerFields: readonly Field[] = [
  { name: 'magic', size: 4 },
  { name: 'cputype', size: 4, show: architectureName },
  { name: 'cpusubtype', size: 4 },
  { name: 'filetype', size: 4 },
  { name: 'ncmds', size: 4, show: String },
  { name: 'sizeofcmds', size: 4, show: String },
  { name: 'flags', size: 4 },
  { name: 'reserved', size: 4 },
];

/** Looks know no architecture: it is taken off the name of the region, and put behind that of each part. */
function forAll(look: Look): Look {
  return (name, a, b) => {
    const [, own = name, suffix = ''] = /^(.*?)( \([^)]*\))?$/s.exec(name) ?? [];
    return look(own, a, b)?.map((part) => ({ ...part, name: `${part.name}${suffix}` }));
  };
}

function looksOf({ wide, reader: { littleEndian } }: Image): Record<string, Look> {
  return {
    header: forAll(fieldsLook('header', headerFields, littleEndian)),
    'load command': forAll(loadCommandLook(littleEndian)),
    'symbol table': forAll(symbolTableLook(wide, littleEndian)),
    'string table': stringsLook,
    'code signature': codeSignatureLook,
  };
}

/** Symbols of the architectures that both have. */
function symbolParts(a: MachO, b: MachO, work: Work): Part[] {
  const parts: Part[] = [];
  for (const { suffix, start, image } of a.slices) {
    const other = b.slices.find((slice) => slice.suffix === suffix);
    if (other === undefined) continue;
    const own = unlessMalformed(() => readSymbols(image, work));
    const others = unlessMalformed(() => readSymbols(other.image, work));
    if (own === undefined || others === undefined) continue;
    const found = diffSymbols(
      { bytes: image.reader.bytes, symbols: own },
      { bytes: other.image.reader.bytes, symbols: others },
      work,
    );
    for (const part of found) {
      const base = part.kind === 'added' ? other.start : start;
      const at = part.offset === undefined ? {} : { offset: part.offset + base };
      parts.push({ ...part, name: `${part.name}${suffix}`, ...at });
    }
  }
  return parts;
}

const magics = new Set([0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe, fatMagic, fatMagic64]);

export const machO: Inspector = {
  id: 'mach-o',
  title: 'Mach-O: header, load commands, sections, symbols and code signature, of each architecture',
  recognises: (_name, head) => {
    if (head.byteLength < 8) return false;
    const reader = new BinaryReader(head, false);
    // A Java class has the same magic number, and then its version, which is higher.
    return magics.has(reader.u32(0)) && (reader.u32(0) !== fatMagic || reader.u32(4) <= imagesMax);
  },
  inspect(a, b, work) {
    const [one, other] = [read(a, work), read(b, work)];
    if (one === undefined || other === undefined) return undefined;
    // Architectures of one file have one byte order and, today, one size of word.
    const [first] = one.slices;
    const looks = first === undefined ? {} : looksOf(first.image);
    const { parts, complete } = diffRegions(one, other, looks, work);
    return { parts: [...parts, ...goBuildParts(a, b, work), ...symbolParts(one, other, work)], complete };
  },
};
