import { BinaryReader, MalformedBinary, hex } from '../../binary/binary-reader.ts';
import { named, type Field } from '../../binary/fields.ts';

/** Word size and byte order, e_ident[EI_CLASS] and e_ident[EI_DATA]. */
export interface ElfKind {
  readonly wide: boolean;
  readonly littleEndian: boolean;
}

/** Where the tables stand. System V ABI, "ELF Header". */
export interface ElfHeader extends ElfKind {
  readonly size: number;
  readonly type: number;
  readonly segments: { readonly at: number; readonly count: number; readonly size: number };
  readonly sections: { readonly at: number; readonly count: number; readonly size: number };
  /** Index of the section that holds their names. */
  readonly names: number;
}

export const relocatable = 1;
/** The real number stands in section 0. */
const elsewhere = 0xffff;

/** An address, offset or size of this file's word. */
export function word(reader: BinaryReader, { wide }: ElfKind, at: number): number {
  return wide ? reader.size64(at) : reader.u32(at);
}

/** @throws MalformedBinary */
export function readHeader(bytes: Uint8Array): { reader: BinaryReader; header: ElfHeader } {
  const [wordSize, order] = [bytes[4], bytes[5]];
  if ((wordSize !== 1 && wordSize !== 2) || (order !== 1 && order !== 2))
    throw new MalformedBinary('no such ELF');
  const kind = { wide: wordSize === 2, littleEndian: order === 1 };
  const reader = new BinaryReader(bytes, kind.littleEndian);
  const [segmentsAt, sectionsAt] = kind.wide
    ? [reader.size64(32), reader.size64(40)]
    : [reader.u32(28), reader.u32(32)];
  const rest = kind.wide ? 52 : 40;
  const sections = { at: sectionsAt, count: reader.u16(rest + 8), size: reader.u16(rest + 6) };
  let names = reader.u16(rest + 10);
  if (sectionsAt !== 0) {
    const first = sectionsAt + (kind.wide ? 32 : 20);
    if (sections.count === 0) sections.count = word(reader, kind, first);
    if (names === elsewhere) names = reader.u32(sectionsAt + (kind.wide ? 40 : 24));
  }
  return {
    reader,
    header: {
      ...kind,
      size: kind.wide ? 64 : 52,
      type: reader.u16(16),
      segments: { at: segmentsAt, count: reader.u16(rest + 4), size: reader.u16(rest + 2) },
      sections,
      names,
    },
  };
}

const machines: Readonly<Record<number, string>> = {
  3: 'x86',
  8: 'MIPS',
  20: 'PowerPC',
  21: 'PowerPC 64',
  22: 'S390',
  40: 'ARM',
  62: 'x86-64',
  183: 'AArch64',
  243: 'RISC-V',
  247: 'BPF',
  258: 'LoongArch',
};
const types = { 1: 'relocatable', 2: 'executable', 3: 'shared or position-independent', 4: 'core' };

/** The fields of the header, by the names of the specification. */
export function headerFields({ wide }: ElfKind): readonly Field[] {
  const size = wide ? 8 : 4;
  const decimal = String;
  return [
    { name: 'e_ident magic', size: 4 },
    { name: 'e_ident class', size: 1, show: named({ 1: '32 bits', 2: '64 bits' }) },
    { name: 'e_ident data', size: 1, show: named({ 1: 'little endian', 2: 'big endian' }) },
    { name: 'e_ident version', size: 1 },
    { name: 'e_ident osabi', size: 1, show: named({ 0: 'System V', 3: 'GNU/Linux', 9: 'FreeBSD' }) },
    { name: 'e_ident padding', size: 8, show: (_value, reader, at) => hex(reader.u64(at)) },
    { name: 'e_type', size: 2, show: named(types) },
    { name: 'e_machine', size: 2, show: named(machines) },
    { name: 'e_version', size: 4, show: decimal },
    { name: 'e_entry', size },
    { name: 'e_phoff', size },
    { name: 'e_shoff', size },
    { name: 'e_flags', size: 4 },
    { name: 'e_ehsize', size: 2, show: decimal },
    { name: 'e_phentsize', size: 2, show: decimal },
    { name: 'e_phnum', size: 2, show: decimal },
    { name: 'e_shentsize', size: 2, show: decimal },
    { name: 'e_shnum', size: 2, show: decimal },
    { name: 'e_shstrndx', size: 2, show: decimal },
  ];
}
