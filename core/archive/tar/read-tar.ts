import type { Cursor } from '../cursor.ts';
import { alike } from '../alike.ts';
import { describeBytes, isZero } from '../describe-bytes.ts';
import {
  skippedEntry,
  type Archive,
  type ContentFacts,
  type Entry,
  type EntryType,
  type Fields,
} from '../entry.ts';
import { Malformed } from '../malformed.ts';
import { decodeName, inspectLink, inspectMode, inspectName, inspectWhiteout, NameWatch } from '../names.ts';
import { inspectNesting } from '../nesting.ts';
import { RatioWatch } from '../ratio-watch.ts';
import { memberId, memberPlace, type Place, type Reading } from '../reading.ts';
import { readTarEnd } from './end.ts';
import { parseTarHeader, tarBlockBytes, type TarHeader } from './header.ts';
import { fieldsOfShape, HeaderShapes, isPlainType, numbersOf, plainName } from './header-shapes.ts';
import { inspectExtensions, inspectGlobal, inspectHeader, inspectRecord } from './inspect-member.ts';
import { memberFields, type Extension } from './member-fields.ts';
import { epochText, parsePax } from './pax.ts';
import { fillHoles, fits, isPaxSparse, paxSparseMap, readOldSparse, readSparseMap } from './sparse.ts';

const types: Readonly<Record<string, EntryType>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  S: 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'device',
  '4': 'device',
  '5': 'directory',
  '6': 'device',
};

/** Bytes behind a content of `size` up to the next block. */
function paddingOf(size: number): number {
  return (tarBlockBytes - (size % tarBlockBytes)) % tarBlockBytes;
}

/** An extension record's header but for its name, time and size. */
function headerText({ mode, uid, gid, uname, gname, link, magic, device, form }: TarHeader): string {
  const target = Buffer.from(link).toString('latin1');
  return JSON.stringify([mode, uid, gid, uname, gname, target, magic, device, form]);
}

/** Reads one tar to the end of `cursor`. */
class TarReader {
  readonly #reading: Reading;
  readonly #place: Place;
  readonly #cursor: Cursor;
  readonly #names = new NameWatch();
  readonly #shapes = new HeaderShapes();
  readonly #entries: Entry[] = [];
  readonly #twin: Archive | undefined;
  readonly #fields: Fields = {};
  #globals = 0;
  #globalPax = new Map<string, string>();

  constructor(reading: Reading, place: Place, cursor: Cursor) {
    this.#reading = reading;
    this.#place = place;
    this.#twin = reading.twinOf(place);
    this.#cursor = cursor;
  }

  async read(): Promise<Archive> {
    let extension: Extension = { pax: new Map(), paxKeys: [], fields: {} };
    let extended = false;
    for (;;) {
      if (!extended && this.#globals === 0) this.#readPlainMembers();
      const offset = this.#cursor.position;
      const block = await this.#cursor.peek(tarBlockBytes);
      if (block.byteLength < tarBlockBytes || isZero(block)) {
        if (extended) throw new Malformed(this.#place, 'it ends after an extension record', offset);
        Object.assign(this.#fields, await readTarEnd(this.#reading, this.#place, this.#cursor));
        if (this.#reading.purpose.digest) inspectNesting(this.#reading, this.#place, this.#entries);
        return { format: 'tar', fields: this.#fields, entries: this.#entries };
      }
      const header = parseTarHeader(this.#place, block, offset);
      this.#cursor.advance(tarBlockBytes);
      if ('xgLKX'.includes(header.typeflag)) {
        this.#reading.spendMember(header.size);
        inspectRecord(this.#reading, this.#place, header, extended, offset);
        await this.#readExtension(header, extension, offset);
        extended = header.typeflag !== 'g' || extended;
      } else {
        await this.#readMember(header, extension, offset);
        extension = { pax: new Map(), paxKeys: [], fields: {} };
        extended = false;
      }
    }
  }

  #readPlainMembers(): void {
    while (this.#readPlain());
  }

  /**
   * Reads a member of which nothing is special and whose bytes are all at hand, as `#readMember` would. False, and nothing
   * done, for any other.
   */
  #readPlain(): boolean {
    const [reading, cursor, offset] = [this.#reading, this.#cursor, this.#cursor.position];
    const block = cursor.now(tarBlockBytes);
    if (block === undefined || !isPlainType(block)) return false;
    const name = plainName(block);
    const { size, mtime } = numbersOf(block);
    if (name === undefined || size === undefined || mtime === undefined || size < 0) return false;
    const id = memberId(this.#place, this.#entries.length);
    const length = tarBlockBytes + size + paddingOf(size);
    if (reading.skips(id)) {
      if (!cursor.skipNow(length)) return false;
      reading.spendMember(name.length);
      this.#entries.push(skippedEntry(id));
      return true;
    }
    const shape = this.#shapes.of(block);
    const record = shape === undefined ? undefined : cursor.now(length);
    if (shape === undefined || record === undefined) return false;
    const type = types[shape.header.typeflag] ?? 'other';
    const content = record.subarray(tarBlockBytes, tarBlockBytes + size);
    const place = memberPlace(this.#place, this.#entries.length, name);
    const isFile = type === 'file';
    if (!isFile && size > 0) return false;
    if (!isZero(record.subarray(tarBlockBytes + size)) || (isFile && reading.opens(place, content)))
      return false;
    reading.spendMember(name.length);
    this.#inspect(place, name, true, shape.header, type, '', offset);
    const facts = isFile ? reading.digestContent(place, content) : undefined;
    const fields = fieldsOfShape(reading, shape, mtime);
    this.#add({
      id,
      name,
      key: name,
      type,
      fields,
      offset,
      ...(facts === undefined ? {} : { content: facts }),
    });
    cursor.advance(length);
    return true;
  }

  #add(entry: Entry): void {
    this.#entries.push(alike(entry, this.#twin?.entries[this.#entries.length]));
  }

  /** The bytes of a small record and, where its padding is not zero, that padding. @throws Malformed */
  async #takeSmall(header: TarHeader, offset: number): Promise<Uint8Array> {
    if (header.size > this.#reading.limits.headerBytesMax) {
      throw new Malformed(this.#place, 'an extension record is too long', offset);
    }
    const bytes = await this.#cursor.take(header.size);
    if (bytes.byteLength < header.size) throw new Malformed(this.#place, 'it ends inside a record', offset);
    return Uint8Array.from(bytes);
  }

  async #takePadding(size: number, place: Place, fields: Fields, name: string): Promise<void> {
    const length = paddingOf(size);
    const offset = this.#cursor.position;
    const padding = await this.#cursor.take(length);
    if (padding.byteLength < length) throw new Malformed(this.#place, 'it ends inside a record', offset);
    if (isZero(padding)) return;
    this.#reading.find(place, 'nonzero-padding', 'bytes that unpacking drops', offset);
    fields[name] = describeBytes(padding);
  }

  async #readExtension(header: TarHeader, extension: Extension, offset: number): Promise<void> {
    const bytes = await this.#takeSmall(header, offset);
    if (header.typeflag === 'g') {
      this.#globals += 1;
      const records = parsePax(this.#place, bytes, offset + tarBlockBytes);
      const prefix = `global${this.#globals}_`;
      this.#fields[`${prefix}pax`] = `before member ${this.#entries.length}: ${JSON.stringify([...records])}`;
      this.#fields[`${prefix}mtime`] = epochText(header.mtime);
      this.#fields[`${prefix}name`] = decodeName(header.name).name;
      this.#fields[`${prefix}header`] = headerText(header);
      await this.#takePadding(header.size, this.#place, this.#fields, `${prefix}padding`);
      for (const [key, value] of records) this.#globalPax.set(key, value);
      inspectGlobal(this.#reading, this.#place, records, offset);
      return;
    }
    const prefix =
      { x: 'pax_header', X: 'pax_header', L: 'long_name', K: 'long_link' }[header.typeflag] ?? 'extension';
    if (`${prefix}_header` in extension.fields) {
      throw new Malformed(this.#place, 'two extension records of one kind for one member', offset);
    }
    extension.fields[`${prefix}_header`] = headerText(header);
    extension.fields[`${prefix}_mtime`] = epochText(header.mtime);
    extension.fields[`${prefix}_name`] = decodeName(header.name).name;
    if (prefix === 'pax_header') {
      extension.pax = parsePax(this.#place, bytes, offset + tarBlockBytes, extension.paxKeys);
    } else {
      const end = bytes.indexOf(0);
      const text = end === -1 ? bytes : bytes.subarray(0, end);
      if (end !== bytes.byteLength - 1)
        extension.fields[`${prefix}_tail`] = describeBytes(bytes.subarray(text.byteLength));
      if (header.typeflag === 'L') extension.name = text;
      else extension.link = text;
    }
    await this.#takePadding(header.size, this.#place, extension.fields, `${prefix}_padding`);
  }

  async #readMember(header: TarHeader, extension: Extension, offset: number): Promise<void> {
    this.#reading.spendMember(header.name.byteLength + header.link.byteLength);
    const pax = new Map([...this.#globalPax, ...extension.pax]);
    const sparse = header.sparse !== undefined || isPaxSparse(pax);
    const id = memberId(this.#place, this.#entries.length);
    if (!sparse && this.#reading.skips(id)) {
      await this.#skip(header, pax, offset);
      this.#entries.push(skippedEntry(id));
      return;
    }
    const paxName = (sparse ? pax.get('GNU.sparse.name') : undefined) ?? pax.get('path');
    const nameBytes =
      paxName === undefined ? (extension.name ?? header.name) : Buffer.from(paxName, 'latin1');
    const paxLink = pax.get('linkpath');
    const linkBytes =
      paxLink === undefined ? (extension.link ?? header.link) : Buffer.from(paxLink, 'latin1');
    const { name, valid } = decodeName(nameBytes);
    const link = decodeName(linkBytes).name;
    const place = memberPlace(this.#place, this.#entries.length, name);
    const type = types[header.typeflag] ?? 'other';
    this.#inspect(place, name, valid, header, type, link, offset);
    const size = this.#sizeOf(header, pax, offset);
    inspectExtensions(this.#reading, place, header, extension, { pax, sparse, nameBytes, size }, offset);
    const fields = memberFields(header, extension, pax, link);
    const hasContent = type === 'file' || type === 'other';
    if (!hasContent && size > 0) {
      this.#reading.find(
        place,
        'unknown-record',
        'a member of this type with a size: readers disagree where it ends',
        offset,
      );
      fields['size'] = String(size);
    }
    const content = !hasContent
      ? undefined
      : sparse && type === 'file'
        ? await this.#readSparse(place, size, header, pax, fields)
        : await this.#readContent(place, size, type);
    if (hasContent) await this.#takePadding(size, place, fields, 'padding');
    const key = Buffer.from(nameBytes).toString('latin1');
    this.#add({
      id: place.id,
      name: name === key ? key : name,
      key,
      type,
      fields: this.#reading.share(fields),
      offset,
      ...(content === undefined ? {} : { content }),
    });
  }

  /** Moves behind a member and its padding. */
  async #skip(header: TarHeader, pax: Map<string, string>, offset: number): Promise<void> {
    const type = types[header.typeflag] ?? 'other';
    if (type !== 'file' && type !== 'other') return;
    const size = this.#sizeOf(header, pax, offset);
    await this.#cursor.skip(size + paddingOf(size));
  }

  #inspect(
    place: Place,
    name: string,
    valid: boolean,
    header: TarHeader,
    type: EntryType,
    link: string,
    offset: number,
  ): void {
    inspectName(this.#reading, place, name, valid, offset);
    this.#names.add(this.#reading, place, name, offset);
    inspectMode(this.#reading, place, header.mode, offset);
    inspectWhiteout(this.#reading, place, name, offset);
    inspectHeader(this.#reading, place, header, name, offset);
    if (type === 'symlink') inspectLink(this.#reading, place, name, link, 'symbolic', offset);
    if (type === 'hardlink') inspectLink(this.#reading, place, name, link, 'hard', offset);
    if (type === 'device') this.#reading.find(place, 'device', `type ${header.typeflag}`, offset);
    if (type === 'other')
      this.#reading.find(place, 'unknown-record', `type ${JSON.stringify(header.typeflag)}`, offset);
  }

  #sizeOf(header: TarHeader, pax: Map<string, string>, offset: number): number {
    const text = pax.get('size');
    if (text === undefined) return header.size;
    const size = /^[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isNaN(size)) throw new Malformed(this.#place, 'a pax size that is not a number', offset);
    return size;
  }

  /** The content as it is unpacked, with its holes; the stored bytes where no map says where these are. */
  async #readSparse(
    place: Place,
    size: number,
    header: TarHeader,
    pax: ReadonlyMap<string, string>,
    fields: Fields,
  ): Promise<ContentFacts> {
    const { headerBytesMax } = this.#reading.limits;
    const offset = this.#cursor.position;
    const old = header.sparse !== undefined;
    let map = old
      ? await readOldSparse(this.#place, this.#cursor, header, fields, headerBytesMax)
      : paxSparseMap(pax);
    const start = this.#cursor.position;
    const stored = this.#cursor.within(size);
    if (!old && pax.get('GNU.sparse.major') === '1')
      map = await readSparseMap(stored, pax, fields, headerBytesMax);
    const left = size - stored.position;
    const whole = map !== undefined && fits(map, left) ? map : undefined;
    const realSize = whole?.realSize ?? left;
    this.#reading.find(place, 'sparse-member', `${left} bytes stored of ${realSize}`, offset);
    if (whole === undefined)
      this.#reading.find(place, 'undecodable-content', 'a map of holes that contradicts itself', offset);
    fields['sparse'] = whole === undefined ? 'without a map' : `${realSize} bytes`;
    const watch = new RatioWatch(this.#reading, place);
    watch.taken(size);
    const input = whole === undefined ? stored : fillHoles(stored, whole, (bytes) => watch.decoded(bytes));
    const content = await this.#reading.readContent(place, input, { opaque: whole === undefined });
    if (this.#cursor.position - start < size || content.size < realSize)
      throw new Malformed(this.#place, 'it ends inside a member', offset);
    return content;
  }

  async #readContent(place: Place, size: number, type: EntryType): Promise<ContentFacts> {
    const offset = this.#cursor.position;
    const content = await this.#reading.readContent(place, this.#cursor.within(size), {
      opaque: type === 'other',
    });
    if (content.size < size) throw new Malformed(this.#place, 'it ends inside a member', offset);
    return content;
  }
}

/** Reads a tar (ustar, pax, GNU) to the end of `cursor`, with all that comes after its end. @throws Malformed, BudgetSpent */
export async function readTar(reading: Reading, place: Place, cursor: Cursor): Promise<Archive> {
  return new TarReader(reading, place, cursor).read();
}
