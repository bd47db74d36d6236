import { BinaryReader, hex, hexBytes, MalformedBinary } from '../../binary/binary-reader.ts';
import type { Look } from '../../binary/diff-regions.ts';
import type { Work } from '../../work.ts';

/** One load command, <mach-o/loader.h>. */
export interface LoadCommand {
  readonly kind: number;
  readonly name: string;
  readonly start: number;
  readonly size: number;
}

export const lc = {
  segment: 0x1,
  symbols: 0x2,
  dynamicSymbols: 0xb,
  segment64: 0x19,
  uuid: 0x1b,
  codeSignature: 0x1d,
  dyldInfo: 0x22,
  dyldInfoOnly: 0x80000022,
} as const;

const names: Readonly<Record<number, string>> = {
  0x1: 'LC_SEGMENT',
  0x2: 'LC_SYMTAB',
  0x4: 'LC_THREAD',
  0x5: 'LC_UNIXTHREAD',
  0xb: 'LC_DYSYMTAB',
  0xc: 'LC_LOAD_DYLIB',
  0xd: 'LC_ID_DYLIB',
  0xe: 'LC_LOAD_DYLINKER',
  0xf: 'LC_ID_DYLINKER',
  0x19: 'LC_SEGMENT_64',
  0x1b: 'LC_UUID',
  0x1d: 'LC_CODE_SIGNATURE',
  0x1e: 'LC_SEGMENT_SPLIT_INFO',
  0x22: 'LC_DYLD_INFO',
  0x24: 'LC_VERSION_MIN_MACOSX',
  0x25: 'LC_VERSION_MIN_IPHONEOS',
  0x26: 'LC_FUNCTION_STARTS',
  0x29: 'LC_DATA_IN_CODE',
  0x2a: 'LC_SOURCE_VERSION',
  0x2b: 'LC_DYLIB_CODE_SIGN_DRS',
  0x2d: 'LC_LINKER_OPTION',
  0x2e: 'LC_LINKER_OPTIMIZATION_HINT',
  0x32: 'LC_BUILD_VERSION',
  0x80000018: 'LC_LOAD_WEAK_DYLIB',
  0x8000001c: 'LC_RPATH',
  0x8000001f: 'LC_REEXPORT_DYLIB',
  0x80000022: 'LC_DYLD_INFO_ONLY',
  0x80000028: 'LC_MAIN',
  0x80000033: 'LC_DYLD_EXPORTS_TRIE',
  0x80000034: 'LC_DYLD_CHAINED_FIXUPS',
};

const unitsEach = 512;

/** @throws MalformedBinary, WorkSpent */
export function readLoadCommands(
  reader: BinaryReader,
  at: number,
  count: number,
  size: number,
  work: Work,
): LoadCommand[] {
  const commands: LoadCommand[] = [];
  let start = at;
  while (commands.length < count) {
    work.spend(unitsEach);
    const [kind, own] = [reader.u32(start), reader.u32(start + 4)];
    if (own < 8 || start + own > at + size) throw new MalformedBinary('a load command does not fit');
    commands.push({ kind, name: names[kind] ?? hex(kind), start, size: own });
    start += own;
  }
  return commands;
}

/** A version as the linker packs it: 16.8.8 bits. */
function version(value: number): string {
  return `${value >>> 16}.${(value >>> 8) & 0xff}.${value & 0xff}`;
}

const platforms: Readonly<Record<number, string>> = {
  1: 'macOS',
  2: 'iOS',
  6: 'Mac Catalyst',
  7: 'iOS simulator',
};
const tools: Readonly<Record<number, string>> = { 1: 'clang', 2: 'swift', 3: 'ld', 4: 'lld' };

function describeBuild(reader: BinaryReader): string {
  const platform = reader.u32(8);
  const head = `${platforms[platform] ?? platform} ${version(reader.u32(12))}, SDK ${version(reader.u32(16))}`;
  const count = Math.min(reader.u32(20), 16);
  const used = Array.from({ length: count }, (_, index) => {
    const tool = reader.u32(24 + index * 8);
    return `, ${tools[tool] ?? tool} ${version(reader.u32(28 + index * 8))}`;
  });
  return `${head}${used.join('')}`;
}

function describeSegment(reader: BinaryReader, wide: boolean): string {
  const word = (at: number): string => (wide ? hex(reader.u64(at)) : hex(reader.u32(at)));
  const step = wide ? 8 : 4;
  const [address, size, offset, inFile] = [0, 1, 2, 3].map((index) => word(24 + step * index));
  return `${reader.text(8, 16)}: ${inFile} bytes at ${offset}, address ${address}, size ${size}`;
}

/** What a load command says; undefined where its numbers are all there is. */
function describe(reader: BinaryReader, kind: number): string | undefined {
  switch (names[kind]) {
    case 'LC_UUID':
      return hexBytes(reader.slice(8, 16));
    case 'LC_BUILD_VERSION':
      return describeBuild(reader);
    case 'LC_VERSION_MIN_MACOSX':
    case 'LC_VERSION_MIN_IPHONEOS':
      return `${version(reader.u32(8))}, SDK ${version(reader.u32(12))}`;
    case 'LC_LOAD_DYLIB':
    case 'LC_ID_DYLIB':
    case 'LC_LOAD_WEAK_DYLIB':
    case 'LC_REEXPORT_DYLIB':
      return `${reader.text(reader.u32(8))} ${version(reader.u32(16))}, compatible ${version(reader.u32(20))}, time ${reader.u32(12)}`;
    case 'LC_RPATH':
    case 'LC_LOAD_DYLINKER':
    case 'LC_ID_DYLINKER':
      return reader.text(reader.u32(8));
    case 'LC_SEGMENT':
      return describeSegment(reader, false);
    case 'LC_SEGMENT_64':
      return describeSegment(reader, true);
    case 'LC_SYMTAB':
      return `${reader.u32(12)} symbols at ${hex(reader.u32(8))}, ${reader.u32(20)} bytes of names at ${hex(reader.u32(16))}`;
    default:
      return reader.size === 16 ? `${reader.u32(12)} bytes at ${hex(reader.u32(8))}` : undefined;
  }
}

/** A load command in words. */
export function loadCommandLook(littleEndian: boolean): Look {
  return (name, a, b) => {
    const inWords = (bytes: Uint8Array): string | undefined => {
      const reader = new BinaryReader(bytes, littleEndian);
      return describe(reader, reader.u32(0));
    };
    const [textA, textB] = [inWords(a.bytes), inWords(b.bytes)];
    if (textA === undefined || textB === undefined || textA === textB) return undefined;
    return [{ kind: 'changed', name, a: textA, b: textB, offset: a.start }];
  };
}
