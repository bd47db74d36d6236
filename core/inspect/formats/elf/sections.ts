import type { BinaryReader } from '../../binary/binary-reader.ts';
import { MalformedBinary } from '../../binary/binary-reader.ts';
import type { Work } from '../../work.ts';
import { word, type ElfHeader } from './header.ts';

/** One entry of the table of sections. System V ABI, "Sections". */
export interface Section {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly align: number;
  readonly entrySize: number;
}

export const sectionType = {
  symbols: 2,
  strings: 3,
  dynamic: 6,
  notes: 7,
  empty: 8,
  dynamicSymbols: 11,
} as const;
export const sectionFlag = { allocated: 0x2, code: 0x4, compressed: 0x800 } as const;
const unitsEach = 512;

/** Where the bytes of a section end in the file; those of `.bss` and its like take no room. */
export function endOf({ type, offset, size }: Pick<Section, 'type' | 'offset' | 'size'>): number {
  return hasBytes({ type }) ? offset + size : offset;
}

function hasBytes({ type }: Pick<Section, 'type'>): boolean {
  return type !== sectionType.empty && type !== 0;
}

/** @throws MalformedBinary, WorkSpent */
export function readSections(reader: BinaryReader, header: ElfHeader, work: Work): Section[] {
  const { at, count, size } = header.sections;
  if (at === 0 || count === 0) return [];
  if (size < (header.wide ? 64 : 40) || at + count * size > reader.size)
    throw new MalformedBinary('the table of sections does not fit');
  work.spend(count * unitsEach);
  const raw = Array.from({ length: count }, (_, index) => readSection(reader, header, at + index * size));
  const names = raw[header.names];
  return raw.map(({ nameAt, ...stated }) => {
    // One without bytes in the file may stand anywhere, as Go's `.noptrbss` behind the end (gABI, sh_offset).
    const section = hasBytes(stated) ? stated : { ...stated, offset: Math.min(stated.offset, reader.size) };
    if (endOf(section) > reader.size) throw new MalformedBinary('a section does not fit');
    if (names === undefined || nameAt >= names.size) return { name: '', ...section };
    return { name: reader.text(names.offset + nameAt, Math.min(names.size - nameAt, 512)), ...section };
  });
}

function readSection(
  reader: BinaryReader,
  header: ElfHeader,
  at: number,
): Omit<Section, 'name'> & { nameAt: number } {
  const step = header.wide ? 8 : 4;
  const words = at + 8;
  const tail = words + step * 4;
  return {
    nameAt: reader.u32(at),
    type: reader.u32(at + 4),
    flags: word(reader, header, words),
    address: word(reader, header, words + step),
    offset: word(reader, header, words + step * 2),
    size: word(reader, header, words + step * 3),
    link: reader.u32(tail),
    info: reader.u32(tail + 4),
    align: word(reader, header, tail + 8),
    entrySize: word(reader, header, tail + 8 + step),
  };
}
