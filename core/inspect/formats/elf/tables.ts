import type { Part } from '#schemas/comparison.ts';
import { BinaryReader, hex } from '../../binary/binary-reader.ts';
import { byName, compareNames } from '../../binary/by-name.ts';
import type { Look } from '../../binary/diff-regions.ts';
import { word, type ElfKind } from './header.ts';
import { sectionFlag, type Section } from './sections.ts';

const shownMax = 4;

function listed(texts: readonly string[]): string {
  const more = texts.length > shownMax ? `; and ${texts.length - shownMax} more` : '';
  return `${texts.slice(0, shownMax).join('; ')}${more}`;
}

const segmentTypes: Readonly<Record<number, string>> = {
  0: 'NULL',
  1: 'LOAD',
  2: 'DYNAMIC',
  3: 'INTERP',
  4: 'NOTE',
  6: 'PHDR',
  7: 'TLS',
  0x6474e550: 'GNU_EH_FRAME',
  0x6474e551: 'GNU_STACK',
  0x6474e552: 'GNU_RELRO',
  0x6474e553: 'GNU_PROPERTY',
};

export function segmentName(type: number): string {
  return segmentTypes[type] ?? hex(type);
}

function describeSegments(bytes: Uint8Array, kind: ElfKind, each: number): string[] {
  const reader = new BinaryReader(bytes, kind.littleEndian);
  const texts: string[] = [];
  for (let at = 0; at + each <= bytes.byteLength; at += each) {
    const step = kind.wide ? 8 : 4;
    const words = kind.wide ? at + 8 : at + 4;
    const flags = reader.u32(kind.wide ? at + 4 : at + 24);
    const letters = `${flags & 4 ? 'R' : '-'}${flags & 2 ? 'W' : '-'}${flags & 1 ? 'E' : '-'}`;
    const [offset, address, , inFile, inMemory] = [0, 1, 2, 3, 4].map((index) =>
      word(reader, kind, words + step * index),
    );
    const sizes = inFile === inMemory ? hex(inFile ?? 0) : `${hex(inFile ?? 0)}/${hex(inMemory ?? 0)}`;
    texts.push(
      `${segmentName(reader.u32(at))} ${letters} ${sizes} bytes at ${hex(offset ?? 0)}, address ${hex(address ?? 0)}`,
    );
  }
  return texts;
}

/** The segments that differ. `each`: size of an entry. */
export function segmentsLook(kind: ElfKind, each: number): Look {
  return (name, a, b) => {
    if (each < (kind.wide ? 56 : 32)) return undefined;
    const [textsA, textsB] = [describeSegments(a.bytes, kind, each), describeSegments(b.bytes, kind, each)];
    const [setA, setB] = [new Set(textsA), new Set(textsB)];
    const onlyA = textsA.filter((text) => !setB.has(text));
    const onlyB = textsB.filter((text) => !setA.has(text));
    if (onlyA.length === 0 && onlyB.length === 0) return undefined;
    return [{ kind: 'changed', name, a: listed(onlyA), b: listed(onlyB), offset: a.start }];
  };
}

function layoutOf({ name, address, offset, size }: Section): string {
  return `${name} ${hex(size)} bytes at ${hex(offset)}, address ${hex(address)}`;
}

function natureOf({ type, flags, align, entrySize }: Section): string {
  const words = [
    `type ${hex(type)}`,
    `flags ${hex(flags)}${(flags & sectionFlag.code) === 0 ? '' : ' (code)'}`,
    `align ${align}`,
    `entries of ${entrySize}`,
  ];
  return words.join(', ');
}

/**
 * The table of sections: what a section is (`section header <name>`), and apart from that where sections stand and how
 * large they are (`section headers`), which follows from other differences.
 */
export function sectionHeadersLook(sectionsA: readonly Section[], sectionsB: readonly Section[]): Look {
  return (name, a) => {
    const parts: Part[] = [];
    const others = byName(sectionsB);
    const layouts: { name: string; a: string; b: string }[] = [];
    for (const [key, section] of byName(sectionsA)) {
      const other = others.get(key);
      if (other === undefined) continue;
      const [layoutA, layoutB] = [layoutOf(section), layoutOf(other)];
      if (layoutA !== layoutB) layouts.push({ name: key, a: layoutA, b: layoutB });
      const [natureA, natureB] = [natureOf(section), natureOf(other)];
      if (natureA === natureB) continue;
      parts.push({
        kind: 'changed',
        name: `section header ${section.name}`,
        a: natureA,
        b: natureB,
        offset: a.start,
      });
    }
    if (layouts.length > 0) {
      // Not in the order of one of the two.
      layouts.sort(compareNames);
      const [one, other] = [layouts.map((layout) => layout.a), layouts.map((layout) => layout.b)];
      parts.unshift({ kind: 'changed', name, a: listed(one), b: listed(other), offset: a.start });
    }
    return parts;
  };
}
