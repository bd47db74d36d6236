import type { Part } from '#schemas/comparison.ts';
import { BinaryReader, hex, hexBytes } from './binary-reader.ts';
import type { Look } from './diff-regions.ts';
import type { Placed } from './show-bytes.ts';

/** One field of a record of fixed layout. */
export interface Field {
  readonly name: string;
  readonly size: number;
  /** In words; a number in hexadecimal digits where absent. */
  show?(value: number, reader: BinaryReader, at: number): string;
}

export function readNumber(reader: BinaryReader, at: number, size: number): number | undefined {
  if (size === 1) return reader.u8(at);
  if (size === 2) return reader.u16(at);
  if (size === 4) return reader.u32(at);
  return size === 8 ? reader.size64(at) : undefined;
}

function showField(field: Field, reader: BinaryReader, at: number): string {
  const value = readNumber(reader, at, field.size);
  if (value === undefined) return hexBytes(reader.slice(at, field.size));
  if (field.show !== undefined) return field.show(value, reader, at);
  return field.size === 8 ? hex(reader.u64(at)) : hex(value);
}

/**
 * Tells a record's fields apart; they follow one another without gaps, from its first byte. Parts are named `prefix
 * field`; what comes after the fields is `prefix rest`.
 */
export function fieldsLook(prefix: string, fields: readonly Field[], littleEndian: boolean): Look {
  return (_name, a, b) => {
    const [readerA, readerB] = [
      new BinaryReader(a.bytes, littleEndian),
      new BinaryReader(b.bytes, littleEndian),
    ];
    const parts: Part[] = [];
    let at = 0;
    for (const field of fields) {
      const end = at + field.size;
      if (end > readerA.size || end > readerB.size) break;
      if (Buffer.compare(readerA.slice(at, field.size), readerB.slice(at, field.size)) !== 0)
        parts.push({
          kind: 'changed',
          name: `${prefix} ${field.name}`,
          a: showField(field, readerA, at),
          b: showField(field, readerB, at),
          offset: a.start + at,
        });
      at = end;
    }
    const rest = ({ bytes }: Placed): Uint8Array => bytes.subarray(at);
    if (Buffer.compare(rest(a), rest(b)) !== 0)
      parts.push({
        kind: 'changed',
        name: `${prefix} rest`,
        a: hexBytes(rest(a)),
        b: hexBytes(rest(b)),
        offset: a.start + at,
      });
    return parts;
  };
}

/** A number with its name, where it has one: `62 (x86-64)`. */
export function named(names: Readonly<Record<number, string>>): (value: number) => string {
  return (value) => {
    const name = names[value];
    return name === undefined ? String(value) : `${value} (${name})`;
  };
}
