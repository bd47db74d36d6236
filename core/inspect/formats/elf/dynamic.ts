import type { Part } from '#schemas/comparison.ts';
import { BinaryReader, hex } from '../../binary/binary-reader.ts';
import type { Look } from '../../binary/diff-regions.ts';
import { word, type ElfKind } from './header.ts';

const tags: Readonly<Record<number, string>> = {
  1: 'NEEDED',
  2: 'PLTRELSZ',
  3: 'PLTGOT',
  4: 'HASH',
  5: 'STRTAB',
  6: 'SYMTAB',
  7: 'RELA',
  8: 'RELASZ',
  10: 'STRSZ',
  12: 'INIT',
  13: 'FINI',
  14: 'SONAME',
  15: 'RPATH',
  16: 'SYMBOLIC',
  21: 'DEBUG',
  22: 'TEXTREL',
  23: 'JMPREL',
  24: 'BIND_NOW',
  25: 'INIT_ARRAY',
  26: 'FINI_ARRAY',
  27: 'INIT_ARRAYSZ',
  28: 'FINI_ARRAYSZ',
  29: 'RUNPATH',
  30: 'FLAGS',
  0x6ffffef5: 'GNU_HASH',
  0x6ffffff0: 'VERSYM',
  0x6ffffff9: 'RELACOUNT',
  0x6ffffffb: 'FLAGS_1',
  0x6ffffffe: 'VERNEED',
  0x6fffffff: 'VERNEEDNUM',
};
const texts = new Set(['NEEDED', 'SONAME', 'RPATH', 'RUNPATH']);
const entriesMax = 4096;

/** Entries up to the end of the list, as `NEEDED libc.so.6`. `strings`: the section of texts that it links to. */
function read(bytes: Uint8Array, strings: Uint8Array | undefined, kind: ElfKind): string[] {
  const reader = new BinaryReader(bytes, kind.littleEndian);
  const named = new BinaryReader(strings ?? new Uint8Array(0), kind.littleEndian);
  const step = kind.wide ? 8 : 4;
  const entries: string[] = [];
  for (let at = 0; at + step * 2 <= bytes.byteLength && entries.length < entriesMax; at += step * 2) {
    const [tag, value] = [word(reader, kind, at), word(reader, kind, at + step)];
    if (tag === 0) break;
    const name = tags[tag] ?? hex(tag);
    entries.push(
      texts.has(name) && value < named.size ? `${name} ${named.text(value, 512)}` : `${name} ${hex(value)}`,
    );
  }
  return entries;
}

/** What the loader is told: each entry that only one side has, as `dynamic <tag>`. */
export function dynamicLook(
  kind: ElfKind,
  stringsA: Uint8Array | undefined,
  stringsB: Uint8Array | undefined,
): Look {
  return (name, a, b) => {
    const [entriesA, entriesB] = [read(a.bytes, stringsA, kind), read(b.bytes, stringsB, kind)];
    const [setA, setB] = [new Set(entriesA), new Set(entriesB)];
    const only = new Map<string, { a: string[]; b: string[] }>();
    const add = (entry: string, side: 'a' | 'b'): void => {
      const [tag = '', value = ''] = entry.split(/ (.*)/s);
      const row = only.get(tag) ?? { a: [], b: [] };
      row[side].push(value);
      only.set(tag, row);
    };
    for (const entry of setA) if (!setB.has(entry)) add(entry, 'a');
    for (const entry of setB) if (!setA.has(entry)) add(entry, 'b');
    const parts = [...only]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([tag, sides]): Part => ({
        kind: sides.a.length === 0 ? 'added' : sides.b.length === 0 ? 'removed' : 'changed',
        name: `dynamic ${tag}`,
        a: sides.a.length === 0 ? null : sides.a.join(', '),
        b: sides.b.length === 0 ? null : sides.b.join(', '),
        offset: a.start,
      }));
    return parts.length > 0
      ? parts
      : entriesA.join() === entriesB.join()
        ? undefined
        : [{ kind: 'reordered', name }];
  };
}
