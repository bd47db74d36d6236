import type { Fields } from '../entry.ts';
import { rootPlace, type Reading } from '../reading.ts';
import { headerChecksumHolds, parseNumber, parseTarHeader, tarBlockBytes, type TarHeader } from './header.ts';
import { memberFields } from './member-fields.ts';
import { epochText } from './pax.ts';

/** What two headers share that differ in name, size, time and checksum alone. */
export interface HeaderShape {
  readonly header: TarHeader;
  /** By time: for most members one of few. */
  readonly fieldsOf: Map<number, Fields>;
}

const shapesMax = 256;
const timesMax = 4096;
const ustarPrefix = 345;
/** Numbers that are parsed of each header by themselves: size, time, checksum. */
const own = [
  [124, 136],
  [136, 148],
  [148, 156],
] as const;

const nothing = new Uint8Array(0);
const masked = Buffer.alloc(tarBlockBytes);
const digit = { zero: 0x30, seven: 0x37 };

/**
 * The headers of members that no extension says anything of, told by what they have in common: an archive has thousands
 * of members and a few shapes of their headers.
 */
export class HeaderShapes {
  readonly #shapes = new Map<string, HeaderShape>();
  #last: { readonly bytes: Buffer; readonly shape: HeaderShape } | undefined;

  /**
   * The shape of this header. Undefined for one that has to be parsed by itself: a prefix, something behind the name, a
   * number that is not octal, a link, a wrong checksum.
   */
  of(block: Uint8Array): HeaderShape | undefined {
    masked.set(block);
    masked.fill(0, 0, 100);
    for (const [start, end] of own) {
      for (let at = start; at < end; at += 1) {
        const byte = masked[at] ?? 0;
        if (byte >= digit.zero && byte <= digit.seven) masked[at] = digit.zero;
        else if (byte >= 0x80) return undefined;
      }
    }
    if (!headerChecksumHolds(block)) return undefined;
    if (this.#last?.bytes.equals(masked) === true) return this.#last.shape;
    const key = masked.toString('latin1', 100);
    const shape = this.#shapes.get(key) ?? this.#add(key, block);
    if (shape !== undefined) this.#last = { bytes: Buffer.from(masked), shape };
    return shape;
  }

  #add(key: string, block: Uint8Array): HeaderShape | undefined {
    if (this.#shapes.size >= shapesMax) return undefined;
    let header: TarHeader;
    try {
      header = parseTarHeader(rootPlace, block, 0);
    } catch {
      return undefined;
    }
    const hasPrefix = header.magic === 'ustar' && block[ustarPrefix] !== 0;
    if (hasPrefix || header.link.byteLength > 0) return undefined;
    // Not the views of the name and the link: these hold all that was read with them.
    const shape = {
      header: { ...header, name: nothing, link: nothing },
      fieldsOf: new Map<number, Fields>(),
    };
    this.#shapes.set(key, shape);
    return shape;
  }
}

const noExtension = { pax: new Map<string, string>(), paxKeys: [], fields: {} };

/** The fields of a member with a header of this shape. */
export function fieldsOfShape(reading: Reading, { header, fieldsOf }: HeaderShape, mtime: number): Fields {
  const known = fieldsOf.get(mtime);
  if (known !== undefined) return known;
  const first = fieldsOf.values().next().value;
  const fields = reading.share(
    first === undefined
      ? memberFields({ ...header, mtime }, noExtension, noExtension.pax, '')
      : { ...first, mtime: epochText(mtime) },
  );
  if (fieldsOf.size < timesMax) fieldsOf.set(mtime, fields);
  return fields;
}

/** Size and time in a header; undefined for what is no number. */
export function numbersOf(block: Uint8Array): { size: number | undefined; mtime: number | undefined } {
  return { size: parseNumber(block, 124, 136), mtime: parseNumber(block, 136, 148) };
}

/** Whether the header is that of a file or directory without a link. */
export function isPlainType(block: Uint8Array): boolean {
  const type = block[156];
  return (type === 0x30 || type === 0 || type === 0x35) && block[157] === 0;
}

/** The name in a header, where it is printable ASCII, there are only NULs behind it, and it is not empty. */
export function plainName(block: Uint8Array): string | undefined {
  let end = 0;
  for (let byte = block[0] ?? 0; end < 100 && byte !== 0; byte = block[end] ?? 0) {
    if (byte < 0x20 || byte > 0x7e) return undefined;
    end += 1;
  }
  for (let at = end; at < 100; at += 1) if (block[at] !== 0) return undefined;
  return end === 0 ? undefined : Buffer.from(block.buffer, block.byteOffset, end).toString('latin1');
}
