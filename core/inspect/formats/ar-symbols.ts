/**
 * The table of symbols of a static library, GNU's (`/`, `/SYM64/`) and BSD's (`__.SYMDEF`). Names of parts:
 *
 * - `symbol main`: added or removed
 * - `symbols`: reordered
 * - `places of members`: where in the library the members stand that define them, which follows from their sizes
 */
import type { Part } from '#schemas/comparison.ts';
import { BinaryReader, MalformedBinary, unlessMalformed } from '../binary/binary-reader.ts';
import { diffNames } from '../binary/diff-names.ts';
import { symbolsMax, unitsEachSymbol } from '../binary/symbols.ts';
import type { Inspector } from '../inspector.ts';
import type { Work } from '../work.ts';

interface Table {
  readonly names: readonly string[];
  /** All bytes that are no names. */
  readonly places: readonly number[];
  /** The table ends here; what is behind it is zero, or the bytes are not understood. */
  readonly end: number;
}

/** A name is compared as a whole. */
const nameMax = 1024 ** 2;

/** A count, the places, then the names in the same order. `width`: bytes of a number. */
function readGnu(bytes: Uint8Array, width: 4 | 8, work: Work): Table {
  const reader = new BinaryReader(bytes, false);
  const number = (at: number): number => (width === 8 ? reader.size64(at) : reader.u32(at));
  const count = number(0);
  if (count > symbolsMax) throw new MalformedBinary('too many symbols');
  work.spend(count * unitsEachSymbol);
  const places = Array.from({ length: count }, (_, index) => number(width * (index + 1)));
  const names: string[] = [];
  let at = width * (count + 1);
  while (names.length < count) {
    const end = bytes.indexOf(0, at);
    if (end === -1) throw new MalformedBinary('a name does not end');
    names.push(reader.text(at, nameMax));
    at = end + 1;
  }
  return { names, places, end: at };
}

/** Pairs of a name's place and a member's, then the names. <ranlib.h> */
function readBsd(bytes: Uint8Array, work: Work): Table {
  const reader = new BinaryReader(bytes, true);
  const size = reader.u32(0);
  const count = size / 8;
  if (count > symbolsMax || !Number.isInteger(count)) throw new MalformedBinary('no table of symbols');
  work.spend(count * unitsEachSymbol);
  const texts = 8 + size;
  const end = texts + reader.u32(4 + size);
  reader.slice(texts, end - texts);
  const names: string[] = [];
  const places: number[] = [];
  for (let at = 4; at < 4 + size; at += 8) {
    names.push(reader.text(texts + reader.u32(at), nameMax));
    places.push(reader.u32(at), reader.u32(at + 4));
  }
  return { names, places, end };
}

const gnuNames = new Set(['/', '/SYM64/']);
const bsdName = /^__\.SYMDEF(?: SORTED)?$/;

/** GNU's with numbers of four and of eight bytes, then BSD's: the one that accounts for all bytes. */
function readTable(bytes: Uint8Array, work: Work): Table | undefined {
  const readers = [() => readGnu(bytes, 4, work), () => readGnu(bytes, 8, work), () => readBsd(bytes, work)];
  for (const read of readers) {
    const table = unlessMalformed(read);
    if (table !== undefined && bytes.subarray(table.end).every((byte) => byte === 0)) return table;
  }
  return undefined;
}

export const arSymbols: Inspector = {
  id: 'ar-symbols',
  title: 'The table of symbols of a static library',
  recognises: (name) => gnuNames.has(name) || bsdName.test(name),
  inspect(a, b, work) {
    work.spend(a.byteLength + b.byteLength);
    const [one, other] = [readTable(a, work), readTable(b, work)];
    if (one === undefined || other === undefined) return undefined;
    const parts: Part[] = diffNames('symbol', one.names, other.names);
    if (parts.length === 0 && one.names.join('\0') !== other.names.join('\0'))
      parts.push({ kind: 'reordered', name: 'symbols' });
    if (one.places.join() !== other.places.join())
      parts.push({
        kind: 'changed',
        name: 'places of members',
        a: `${one.places.length} places`,
        b: `${other.places.length} places`,
        offset: 0,
      });
    return { parts, complete: parts.length > 0 };
  },
};
