import { BinaryReader, MalformedBinary } from '../../binary/binary-reader.ts';
import type { Region } from '../../binary/region.ts';
import type { Work } from '../../work.ts';

/** A PE image, or the COFF object that it is made of. PE format, "Overview". */
export interface Image {
  readonly reader: BinaryReader;
  /** Of the COFF header; an object begins with it. */
  readonly coff: number;
  readonly optional: { readonly at: number; readonly size: number; readonly wide: boolean };
  readonly sections: readonly Section[];
  readonly symbols: { readonly at: number; readonly count: number };
}

export interface Section {
  readonly name: string;
  readonly header: number;
  readonly address: number;
  /** In the file. */
  readonly offset: number;
  readonly size: number;
  readonly relocations: { readonly at: number; readonly count: number };
}

export const coffBytes = 20;
const sectionBytes = 40;
export const symbolBytes = 18;
const unitsEach = 512;
const wideMagic = 0x20b;
const uninitialized = 0x80;

/** A section's name, which stands in the table of texts where it is long: `/4`. */
function sectionName(reader: BinaryReader, at: number, texts: number): string {
  const name = reader.text(at, 8);
  const long = /^\/(\d{1,7})$/.exec(name);
  const place = texts + Number(long?.[1] ?? 0);
  return long === null || texts === 0 || place >= reader.size ? name : reader.text(place, 256);
}

function readSection(reader: BinaryReader, at: number, texts: number): Section {
  const [size, offset] = [reader.u32(at + 16), reader.u32(at + 20)];
  const inFile = offset !== 0 && (reader.u32(at + 36) & uninitialized) === 0;
  return {
    name: sectionName(reader, at, texts),
    header: at,
    address: reader.u32(at + 12),
    offset: inFile ? offset : 0,
    size: inFile ? size : 0,
    relocations: { at: reader.u32(at + 24), count: reader.u16(at + 32) },
  };
}

/** @throws MalformedBinary, WorkSpent */
export function readImage(bytes: Uint8Array, work: Work): Image {
  const reader = new BinaryReader(bytes, true);
  let coff = 0;
  if (reader.u16(0) === 0x5a4d) {
    const signature = reader.u32(0x3c);
    if (signature < 64 || reader.u32(signature) !== 0x4550) throw new MalformedBinary('no PE');
    coff = signature + 4;
  }
  const count = reader.u16(coff + 2);
  const symbols = { at: reader.u32(coff + 8), count: reader.u32(coff + 12) };
  const optionalSize = reader.u16(coff + 16);
  const optional = {
    at: coff + coffBytes,
    size: optionalSize,
    wide: optionalSize >= 2 && reader.u16(coff + coffBytes) === wideMagic,
  };
  const table = optional.at + optional.size;
  work.spend(count * unitsEach);
  const texts = symbols.at === 0 ? 0 : symbols.at + symbols.count * symbolBytes;
  const sections = Array.from({ length: count }, (_, index) =>
    readSection(reader, table + index * sectionBytes, texts),
  );
  return { reader, coff, optional, sections, symbols };
}

/** Address and size that the optional header gives for one of its tables. */
export function directoryOf({ reader, optional }: Image, index: number): { address: number; size: number } {
  const start = optional.at + (optional.wide ? 112 : 96);
  const at = start + index * 8;
  if (optional.size === 0 || at + 8 > optional.at + optional.size || index >= reader.u32(start - 4))
    return { address: 0, size: 0 };
  return { address: reader.u32(at), size: reader.u32(at + 4) };
}

/** Where an address stands in the file; undefined where it is in no section's bytes. */
export function placeOf({ sections }: Image, address: number): number | undefined {
  const section = sections.find((one) => address >= one.address && address < one.address + one.size);
  return section === undefined ? undefined : section.offset + address - section.address;
}

/** Headers, sections, the table of symbols and that of texts. @throws MalformedBinary */
export function mainRegions({ reader, coff, optional, sections, symbols }: Image): Region[] {
  const regions: Region[] = [{ name: 'header', start: coff, end: coff + coffBytes, type: 'header' }];
  if (coff > 0)
    regions.push(
      { name: 'DOS header', start: 0, end: 64 },
      { name: 'DOS stub', start: 64, end: coff - 4 },
      { name: 'PE signature', start: coff - 4, end: coff },
    );
  if (optional.size > 0)
    regions.push({
      name: 'optional header',
      start: optional.at,
      end: optional.at + optional.size,
      type: 'optional header',
    });
  for (const { name, header, offset, size, relocations } of sections) {
    regions.push(
      { name: `section header ${name}`, start: header, end: header + sectionBytes, type: 'section header' },
      { name: `section ${name}`, start: offset, end: offset + size },
    );
    if (relocations.count > 0)
      regions.push({
        name: `relocations ${name}`,
        start: relocations.at,
        end: relocations.at + relocations.count * 10,
      });
  }
  if (symbols.at > 0) {
    const texts = symbols.at + symbols.count * symbolBytes;
    regions.push(
      // Go has a section for both.
      { name: 'symbol table', start: symbols.at, end: texts, detail: true },
      { name: 'string table', start: texts, end: texts + reader.u32(texts), type: 'strings', detail: true },
    );
  }
  return regions;
}
