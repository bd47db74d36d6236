import type { BinaryReader } from '../../binary/binary-reader.ts';
import { symbolsMax } from '../../binary/symbols.ts';
import type { Work } from '../../work.ts';
import { directory } from './headers.ts';
import { directoryOf, placeOf, symbolBytes, type Image } from './image.ts';

const namesMax = 20_000;
const librariesMax = 1000;
const unitsEach = 64;
const nameMax = 512;

/** Names of symbols, PE format, "COFF Symbol Table"; undefined where there are too many. @throws MalformedBinary, WorkSpent */
export function readSymbolNames({ reader, symbols }: Image, work: Work): string[] | undefined {
  const { at, count } = symbols;
  if (at === 0) return [];
  if (count > symbolsMax) return undefined;
  const texts = at + count * symbolBytes;
  work.spend(count * unitsEach);
  const names: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const entry = at + index * symbolBytes;
    names.push(
      reader.u32(entry) === 0 ? reader.text(texts + reader.u32(entry + 4), nameMax) : reader.text(entry, 8),
    );
    index += reader.u8(entry + 17);
  }
  return names;
}

/** Imports as `library!name`, PE format, "Import Directory Table". @throws MalformedBinary, WorkSpent */
export function readImports(image: Image, work: Work): string[] {
  const { reader, optional } = image;
  const table = placeOf(image, directoryOf(image, directory.imports).address);
  if (table === undefined) return [];
  const names: string[] = [];
  for (let index = 0; index < librariesMax; index += 1) {
    const at = table + index * 20;
    const library = placeOf(image, reader.u32(at + 12));
    if (library === undefined) break;
    const lookup = placeOf(image, reader.u32(at) || reader.u32(at + 16));
    if (lookup === undefined) continue;
    const prefix = reader.text(library, nameMax);
    for (const name of readThunks(image, reader, lookup, optional.wide, work)) {
      if (names.length >= namesMax) return names;
      names.push(`${prefix}!${name}`);
    }
  }
  return names;
}

function* readThunks(
  image: Image,
  reader: BinaryReader,
  start: number,
  wide: boolean,
  work: Work,
): Generator<string> {
  for (let at = start; ; at += wide ? 8 : 4) {
    work.spend(unitsEach + image.sections.length);
    const [low, high] = [reader.u32(at), reader.u32(wide ? at + 4 : at)];
    if (low === 0 && high === 0) return;
    if (high >= 0x80000000) yield `#${low & 0xffff}`;
    else {
      const place = placeOf(image, low);
      if (place === undefined) return;
      yield reader.text(place + 2, nameMax);
    }
  }
}

/** Names of exports, PE format, "Export Directory Table". @throws MalformedBinary, WorkSpent */
export function readExports(image: Image, work: Work): string[] {
  const { reader } = image;
  const { address } = directoryOf(image, directory.exports);
  const table = address === 0 ? undefined : placeOf(image, address);
  if (table === undefined) return [];
  const pointers = placeOf(image, reader.u32(table + 32));
  const count = Math.min(reader.u32(table + 24), namesMax);
  const names: string[] = [];
  if (pointers === undefined) return names;
  for (let index = 0; index < count; index += 1) {
    work.spend(unitsEach + image.sections.length);
    const place = placeOf(image, reader.u32(pointers + index * 4));
    if (place !== undefined) names.push(reader.text(place, nameMax));
  }
  return names;
}
