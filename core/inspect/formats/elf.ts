/**
 * ELF: executables, shared libraries, object files, of 32 and 64 bits and both byte orders. Names of parts:
 *
 * - `header e_machine` and so on: fields of the header, by the names of the specification
 * - `program headers`, `section headers` (where sections stand and how large they are), `section header .text` (what a
 *   section is: type, flags, alignment)
 * - `section .text`, `section .note.gnu.build-id` (value: the id), `section .note.go.buildid` (the id), `section
 *   .comment` (the texts), `section .debug_str` and other tables of texts (those that only one side has), `section
 *   .gnu_debuglink`, and any other section by its own name; several parts of one name where several places differ
 * - `dynamic NEEDED`, `dynamic RUNPATH` and so on: what the loader is told
 * - `symbol main`: added, removed, or with other bytes of its own; these lie in sections, which are told as well
 * - `Go build setting -trimpath`, `Go dependency example.test/x`, `Go version` and so on: what a program by Go says of its
 *   build; these lie in sections, too
 * - `segment LOAD`, where a file has no sections
 * - `order`: sections that stand in another order; `overlapping regions`; `unnamed bytes`
 */
import type { Part } from '#schemas/comparison.ts';
import { unlessMalformed, type BinaryReader } from '../binary/binary-reader.ts';
import { diffRegions, type Look } from '../binary/diff-regions.ts';
import { fieldsLook } from '../binary/fields.ts';
import { goBuildParts } from '../binary/go-build-info.ts';
import type { Region } from '../binary/region.ts';
import { stringsLook, textLook } from '../binary/strings.ts';
import { diffSymbols } from '../binary/symbols.ts';
import type { Inspector } from '../inspector.ts';
import type { Work } from '../work.ts';
import { compressedLook } from './elf/compressed.ts';
import { dynamicLook } from './elf/dynamic.ts';
import { readSymbols } from './elf/elf-symbols.ts';
import { headerFields, readHeader, type ElfHeader } from './elf/header.ts';
import { debugLinkLook, notesLook } from './elf/notes.ts';
import { endOf, readSections, sectionFlag, sectionType, type Section } from './elf/sections.ts';
import { sectionHeadersLook, segmentsLook } from './elf/tables.ts';
import { readSegments } from './elf/segments.ts';

interface Elf {
  readonly bytes: Uint8Array;
  readonly reader: BinaryReader;
  readonly header: ElfHeader;
  readonly sections: readonly Section[];
  readonly regions: readonly Region[];
}

const textSections = new Set(['.comment', '.interp', '.go.buildid']);

/** Which look fits a section. */
function typeOf({ name, type, flags }: Section): string {
  if ((flags & sectionFlag.compressed) !== 0) return 'compressed';
  if (type === sectionType.notes) return 'notes';
  if (type === sectionType.dynamic) return 'dynamic';
  if (textSections.has(name)) return 'text';
  if (name === '.gnu_debuglink' || name === '.gnu_debugaltlink') return 'debug link';
  if (type === sectionType.strings || /^\.debug_(?:line_)?str$/.test(name)) return 'strings';
  return 'bytes';
}

function regionsOf(reader: BinaryReader, header: ElfHeader, sections: readonly Section[]): Region[] {
  const { segments, sections: table } = header;
  const inFile: Region[] = sections
    .filter(({ type }) => type !== 0)
    .map((section) => ({
      name: `section ${section.name}`,
      start: section.offset,
      end: endOf(section),
      type: typeOf(section),
    }));
  // Without sections, the tables lie in segments.
  const detail = sections.length === 0 ? ({ detail: true } as const) : {};
  const regions: Region[] = [{ name: 'header', start: 0, end: header.size, type: 'header', ...detail }];
  if (segments.count > 0)
    regions.push({
      name: 'program headers',
      start: segments.at,
      end: segments.at + segments.count * segments.size,
      type: 'program headers',
      ...detail,
    });
  if (sections.length > 0)
    regions.push({
      name: 'section headers',
      start: table.at,
      end: table.at + table.count * table.size,
      type: 'section headers',
    });
  return [...regions, ...(sections.length === 0 ? readSegments(reader, header) : inFile)];
}

function read(bytes: Uint8Array, work: Work): Elf | undefined {
  return unlessMalformed(() => {
    const { reader, header } = readHeader(bytes);
    const sections = readSections(reader, header, work);
    const regions = regionsOf(reader, header, sections);
    if (regions.some(({ start, end }) => start > end || end > bytes.byteLength)) return undefined;
    return { bytes, reader, header, sections, regions };
  });
}

/** The texts that the dynamic section names. */
function dynamicStrings({ bytes, sections }: Elf): Uint8Array | undefined {
  const strings = sections[sections.find(({ type }) => type === sectionType.dynamic)?.link ?? 0];
  return strings === undefined ? undefined : bytes.subarray(strings.offset, endOf(strings));
}

function looksOf(a: Elf, b: Elf, work: Work): Record<string, Look> {
  const { header } = a;
  const common = { header: fieldsLook('header', headerFields(header), header.littleEndian) };
  if (header.littleEndian !== b.header.littleEndian || header.wide !== b.header.wide) {
    // Nothing behind e_ident has the same place or order.
    return { header: fieldsLook('header', headerFields(header).slice(0, 6), header.littleEndian) };
  }
  const looks: Record<string, Look> = {
    ...common,
    strings: stringsLook,
    text: textLook,
    notes: notesLook(header.littleEndian),
    'debug link': debugLinkLook(header.littleEndian),
    dynamic: dynamicLook(header, dynamicStrings(a), dynamicStrings(b)),
    'section headers': sectionHeadersLook(a.sections, b.sections),
    compressed: compressedLook(header, work),
  };
  if (header.segments.size === b.header.segments.size)
    looks['program headers'] = segmentsLook(header, header.segments.size);
  return looks;
}

/** Of the tables that both have: a file that was stripped has not lost each symbol by itself. */
function symbolParts(a: Elf, b: Elf, work: Work): Part[] {
  const full = [a, b].every(({ sections }) => sections.some(({ type }) => type === sectionType.symbols));
  const table = full ? sectionType.symbols : sectionType.dynamicSymbols;
  const [symbolsA, symbolsB] = [a, b].map(({ reader, header, sections }) =>
    unlessMalformed(() => readSymbols(reader, header, sections, table, work)),
  );
  if (symbolsA === undefined || symbolsB === undefined) return [];
  return diffSymbols({ bytes: a.bytes, symbols: symbolsA }, { bytes: b.bytes, symbols: symbolsB }, work);
}

export const elf: Inspector = {
  id: 'elf',
  title: 'ELF: header fields, sections, notes, dynamic entries and symbols',
  recognises: (_name, head) => head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46,
  inspect(a, b, work) {
    const [elfA, elfB] = [read(a, work), read(b, work)];
    if (elfA === undefined || elfB === undefined) return undefined;
    const { parts, complete } = diffRegions(elfA, elfB, looksOf(elfA, elfB, work), work);
    return {
      parts: [...parts, ...goBuildParts(a, b, work), ...symbolParts(elfA, elfB, work)],
      complete,
    };
  },
};
