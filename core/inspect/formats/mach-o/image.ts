import { BinaryReader, MalformedBinary } from '../../binary/binary-reader.ts';
import type { Region } from '../../binary/region.ts';
import { symbolsMax, unitsEachSymbol, type Symbol } from '../../binary/symbols.ts';
import type { Work } from '../../work.ts';
import { lc, readLoadCommands, type LoadCommand } from './load-commands.ts';

/** A Mach-O file for one architecture; places are those of `reader`. */
export interface Image {
  readonly reader: BinaryReader;
  readonly wide: boolean;
  readonly architecture: string;
  readonly commands: readonly LoadCommand[];
  readonly sections: readonly Section[];
  readonly regions: readonly Region[];
}

interface Section {
  readonly name: string;
  readonly address: number;
  readonly offset: number;
  /** In the file: none where it is filled with zeros when it is loaded. */
  readonly size: number;
  readonly relocations: { readonly at: number; readonly count: number };
}

const unitsEach = 512;
/** S_ZEROFILL, S_GB_ZEROFILL, S_THREAD_LOCAL_ZEROFILL */
const zeroFilled = new Set([0x1, 0xc, 0x12]);
const cpuTypes: Readonly<Record<number, string>> = {
  7: 'i386',
  12: 'arm',
  18: 'ppc',
  0x01000007: 'x86_64',
  0x0100000c: 'arm64',
  0x01000012: 'ppc64',
};

export function architectureName(cpuType: number): string {
  return cpuTypes[cpuType] ?? `cpu ${cpuType}`;
}

/** Commands that only say where bytes of __LINKEDIT stand. <mach-o/loader.h>, linkedit_data_command */
const linkEdit: Readonly<Record<number, string>> = {
  [lc.codeSignature]: 'code signature',
  0x1e: 'segment split info',
  0x26: 'function starts',
  0x29: 'data in code',
  0x2b: 'code signing requirements',
  0x2e: 'linker optimization hints',
  0x80000033: 'exports trie',
  0x80000034: 'chained fixups',
};

/** @throws MalformedBinary */
function readSegment(reader: BinaryReader, { start, size, kind }: LoadCommand, work: Work): Section[] {
  const wide = kind === lc.segment64;
  const [head, each] = wide ? [72, 80] : [56, 68];
  const count = reader.u32(start + (wide ? 64 : 48));
  if (head + count * each > size) throw new MalformedBinary('the sections do not fit their segment');
  work.spend(count * unitsEach);
  return Array.from({ length: count }, (_, index) => {
    const at = start + head + index * each;
    const tail = at + (wide ? 48 : 40);
    const bytes = wide ? reader.size64(at + 40) : reader.u32(at + 36);
    return {
      name: `${reader.text(at + 16, 16)},${reader.text(at, 16)}`,
      address: wide ? reader.size64(at + 32) : reader.u32(at + 32),
      offset: reader.u32(tail),
      size: zeroFilled.has(reader.u32(tail + 16) & 0xff) ? 0 : bytes,
      relocations: { at: reader.u32(tail + 8), count: reader.u32(tail + 12) },
    };
  });
}

function linkEditRegions(reader: BinaryReader, { kind, start }: LoadCommand, wide: boolean): Region[] {
  const region = (name: string, at: number, each = 1): Region => {
    const from = reader.u32(start + at);
    return { name, start: from, end: from + reader.u32(start + at + 4) * each, type: name };
  };
  const known = linkEdit[kind];
  if (known !== undefined) return [region(known, 8)];
  if (kind === lc.symbols) return [region('symbol table', 8, wide ? 16 : 12), region('string table', 16)];
  if (kind === lc.dynamicSymbols)
    return [
      region('table of contents', 32, 8),
      region('module table', 40, wide ? 56 : 52),
      region('referenced symbols', 48, 4),
      region('indirect symbols', 56, 4),
      region('external relocations', 64, 8),
      region('local relocations', 72, 8),
    ];
  if (kind === lc.dyldInfo || kind === lc.dyldInfoOnly)
    return [
      region('rebase info', 8),
      region('binding info', 16),
      region('weak binding info', 24),
      region('lazy binding info', 32),
      region('export info', 40),
    ];
  return [];
}

/** @throws MalformedBinary, WorkSpent */
export function readImage(bytes: Uint8Array, work: Work): Image {
  const big = new BinaryReader(bytes, false).u32(0);
  const littleEndian = big === 0xcefaedfe || big === 0xcffaedfe;
  if (!littleEndian && big !== 0xfeedface && big !== 0xfeedfacf) throw new MalformedBinary('no Mach-O');
  const wide = big === 0xfeedfacf || big === 0xcffaedfe;
  const reader = new BinaryReader(bytes, littleEndian);
  const headerSize = wide ? 32 : 28;
  const commands = readLoadCommands(reader, headerSize, reader.u32(16), reader.u32(20), work);
  const sections = commands
    .filter(({ kind }) => kind === lc.segment || kind === lc.segment64)
    .flatMap((command) => readSegment(reader, command, work));
  const regions: Region[] = [
    { name: 'header', start: 0, end: headerSize, type: 'header' },
    ...commands.map(({ name, start, size }) => ({
      name: `load command ${name}`,
      start,
      end: start + size,
      type: 'load command',
    })),
    ...sections.flatMap(({ name, offset, size, relocations: { at, count } }): Region[] => [
      { name: `section ${name}`, start: offset, end: offset + size },
      ...(count === 0 ? [] : [{ name: `relocations ${name}`, start: at, end: at + count * 8 }]),
    ]),
    ...commands
      .flatMap((command) => linkEditRegions(reader, command, wide))
      .filter(({ start, end }) => end > start),
  ];
  for (const { start, end } of regions)
    if (start > end || end > bytes.byteLength) throw new MalformedBinary('a region does not fit');
  return { reader, wide, architecture: architectureName(reader.u32(4)), commands, sections, regions };
}

/** Kept for debuggers (N_STAB): files and lines, no symbols. */
const debugging = 0xe0;
const typeMask = 0x0e;
const inSection = 0x0e;

/**
 * Symbols with a name; each goes on to the next of its section, as none has a size. Undefined where there are too many.
 * @throws MalformedBinary, WorkSpent
 */
export function readSymbols({ reader, wide, commands, sections }: Image, work: Work): Symbol[] | undefined {
  const command = commands.find(({ kind }) => kind === lc.symbols);
  if (command === undefined) return [];
  const [at, count, names, namesSize] = [8, 12, 16, 20].map((place) => reader.u32(command.start + place));
  if (at === undefined || count === undefined || names === undefined || namesSize === undefined) return [];
  if (count > symbolsMax) return undefined;
  work.spend(count * unitsEachSymbol);
  const found: { name: string; section: number; start: number | undefined }[] = [];
  for (let index = 0; index < count; index += 1) {
    const entry = at + index * (wide ? 16 : 12);
    const [nameAt, type, ordinal] = [reader.u32(entry), reader.u8(entry + 4), reader.u8(entry + 5)];
    if ((type & debugging) !== 0 || nameAt === 0 || nameAt >= namesSize) continue;
    const name = reader.text(names + nameAt, Math.min(512, namesSize - nameAt));
    const value = wide ? reader.size64(entry + 8) : reader.u32(entry + 8);
    const section = (type & typeMask) === inSection ? sections[ordinal - 1] : undefined;
    const within = section === undefined ? -1 : value - section.address;
    const start =
      section !== undefined && within >= 0 && within < section.size ? section.offset + within : undefined;
    found.push({ name, section: ordinal - 1, start });
  }
  const ends = new Map<number, number>();
  for (const { start, section } of [...found].sort((one, other) => (other.start ?? 0) - (one.start ?? 0))) {
    if (start === undefined || ends.has(start)) continue;
    const own = sections[section];
    const sectionEnd = own === undefined ? start : own.offset + own.size;
    ends.set(start, Math.min(ends.get(-1 - section) ?? sectionEnd, sectionEnd));
    ends.set(-1 - section, start);
  }
  return found.map(({ name, start }) => ({
    name,
    start,
    size: start === undefined ? 0 : (ends.get(start) ?? start) - start,
  }));
}
