import type { Cursor } from '../cursor.ts';
import { alike } from '../alike.ts';
import { describeBytes, describeRest } from '../describe-bytes.ts';
import type { Archive, Entry, Fields } from '../entry.ts';
import { Malformed } from '../malformed.ts';
import { decodeName, inspectMode, inspectName, NameWatch } from '../names.ts';
import { memberPlace, type Place, type Reading } from '../reading.ts';
import { epochText } from '../tar/pax.ts';
import { arHeaderBytes, arMagic, endsAsHeader, parseArHeader, type ArHeader } from './header.ts';
import { inspectPackage } from './inspect-package.ts';

/** Members that are no files: GNU's symbol tables. */
const tables = new Set(['/', '/SYM64/']);

/** Reads one ar to the end of `cursor`: GNU's and BSD's spellings of long names, and what dpkg writes. */
class ArReader {
  readonly #reading: Reading;
  readonly #place: Place;
  readonly #cursor: Cursor;
  readonly #names = new NameWatch();
  readonly #entries: Entry[] = [];
  readonly #twin: Archive | undefined;
  readonly #fields: Fields = {};
  #longNames: Uint8Array | undefined;

  constructor(reading: Reading, place: Place, cursor: Cursor) {
    this.#reading = reading;
    this.#place = place;
    this.#twin = reading.twinOf(place);
    this.#cursor = cursor;
  }

  async read(): Promise<Archive> {
    const magic = await this.#cursor.take(arMagic.byteLength);
    if (!arMagic.equals(magic)) throw new Malformed(this.#place, 'not an ar', 0);
    for (;;) {
      const offset = this.#cursor.position;
      const block = await this.#cursor.peek(arHeaderBytes);
      if (!endsAsHeader(block)) break;
      const header = parseArHeader(this.#place, block, offset);
      this.#cursor.advance(arHeaderBytes);
      if (header.name === '//') await this.#readLongNames(header, block, offset);
      else await this.#readMember(header, block, offset);
    }
    await this.#readRest();
    if (this.#reading.purpose.digest) inspectPackage(this.#reading, this.#place, this.#entries);
    return { format: 'ar', fields: this.#fields, entries: this.#entries };
  }

  async #readRest(): Promise<void> {
    const offset = this.#cursor.position;
    const rest = await describeRest(this.#cursor);
    if (rest.size === 0) return;
    this.#reading.find(this.#place, 'bytes-after', `${rest.size} bytes that are no member`, offset);
    this.#fields['after'] = rest.text;
  }

  async #readLongNames(header: ArHeader, block: Uint8Array, offset: number): Promise<void> {
    if (this.#longNames !== undefined) throw new Malformed(this.#place, 'two tables of long names', offset);
    this.#reading.spendMember(header.size);
    this.#longNames = Uint8Array.from(await this.#takeSmall(header.size, offset));
    this.#fields['long_names'] = describeBytes(this.#longNames);
    this.#fields['long_names_header'] = describeBytes(block);
    await this.#takePadding(header.size, this.#place, this.#fields, 'long_names_padding');
  }

  async #readMember(header: ArHeader, block: Uint8Array, offset: number): Promise<void> {
    const { bytes, taken } = await this.#nameOf(header, offset);
    this.#reading.spendMember(bytes.byteLength);
    const { name, valid } = decodeName(bytes);
    const place = memberPlace(this.#place, this.#entries.length, name);
    const table = tables.has(header.name);
    if (!table) inspectName(this.#reading, place, name, valid, offset);
    this.#names.add(this.#reading, place, name, offset);
    inspectMode(this.#reading, place, header.mode & 0o7777, offset);
    // binutils ends a name at its first slash, others at the last.
    if (!table && !header.name.startsWith('/') && !header.name.startsWith('#1/') && name.includes('/'))
      this.#reading.find(
        place,
        'second-name',
        'a slash in the middle of a name, the end of it to some',
        offset,
      );
    const fields: Fields = {
      mtime: epochText(header.mtime),
      uid: String(header.uid),
      gid: String(header.gid),
      mode: header.mode.toString(8).padStart(4, '0'),
      header_name: header.name,
      // Every byte of the header is in the fields above, unless it is spelled in another way.
      ...(header.usual ? {} : { form: describeBytes(block.subarray(0, 58)) }),
    };
    const size = header.size - taken;
    if (size < 0) throw new Malformed(this.#place, 'a name is longer than its member', offset);
    const content = await this.#reading.readContent(place, this.#cursor.within(size), { opaque: table });
    if (content.size < size) throw new Malformed(this.#place, 'it ends inside a member', offset);
    await this.#takePadding(header.size, place, fields, 'padding');
    const twin = this.#twin?.entries[this.#entries.length];
    this.#entries.push(
      alike(
        {
          id: place.id,
          name,
          key: Buffer.from(bytes).toString('latin1'),
          type: table ? 'other' : 'file',
          fields: this.#reading.share(fields),
          offset,
          content,
        },
        twin,
      ),
    );
  }

  /** The member's own name, and how many bytes of the content it took up (BSD). @throws Malformed */
  async #nameOf(header: ArHeader, offset: number): Promise<{ bytes: Uint8Array; taken: number }> {
    const bsd = /^#1\/(\d{1,7})$/.exec(header.name);
    if (bsd) {
      const taken = Number(bsd[1]);
      const padded = Uint8Array.from(await this.#takeSmall(taken, offset));
      const end = padded.indexOf(0);
      return { bytes: end === -1 ? padded : padded.subarray(0, end), taken };
    }
    const gnu = /^\/(\d{1,15})$/.exec(header.name);
    if (gnu) return { bytes: this.#longName(Number(gnu[1]), offset), taken: 0 };
    const plain = tables.has(header.name) ? header.name : header.name.replace(/\/$/, '');
    return { bytes: Buffer.from(plain, 'latin1'), taken: 0 };
  }

  #longName(at: number, offset: number): Uint8Array {
    const table = this.#longNames;
    const end = table?.indexOf(0x0a, at) ?? -1;
    if (table === undefined || at >= table.byteLength || end === -1)
      throw new Malformed(this.#place, 'a long name that the table does not have', offset);
    return table.subarray(at, table[end - 1] === 0x2f && end > at ? end - 1 : end);
  }

  async #takeSmall(size: number, offset: number): Promise<Uint8Array> {
    if (size > this.#reading.limits.headerBytesMax)
      throw new Malformed(this.#place, 'a record of names is too long', offset);
    const bytes = await this.#cursor.take(size);
    if (bytes.byteLength < size) throw new Malformed(this.#place, 'it ends inside a record', offset);
    return bytes;
  }

  /** Members begin at even places; the byte between is a line end. The last one's may be missing. */
  async #takePadding(size: number, place: Place, fields: Fields, name: string): Promise<void> {
    if (size % 2 === 0) return;
    const offset = this.#cursor.position;
    const [padding] = await this.#cursor.take(1);
    if (padding === 0x0a) return;
    fields[name] = padding === undefined ? 'none' : `0x${padding.toString(16).padStart(2, '0')}`;
    if (padding !== undefined)
      this.#reading.find(place, 'nonzero-padding', 'a padding byte that is not a line end', offset);
  }
}

/** Reads an ar (GNU, BSD; a .deb is one) to the end of `cursor`. @throws Malformed, BudgetSpent */
export async function readAr(reading: Reading, place: Place, cursor: Cursor): Promise<Archive> {
  return new ArReader(reading, place, cursor).read();
}
