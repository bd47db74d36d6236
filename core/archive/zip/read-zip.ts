import { createHash } from 'node:crypto';
import { alike } from '../alike.ts';
import type { ByteSource } from '../byte-source.ts';
import { skippedEntry, type Archive, type Entry, type EntryType, type Fields } from '../entry.ts';
import { inflateSmall } from '../inflate.ts';
import { Malformed } from '../malformed.ts';
import { decodeName, inspectLink, inspectMode, inspectName, NameWatch } from '../names.ts';
import { inspectNesting } from '../nesting.ts';
import { memberId, memberPlace, type Place, type Reading } from '../reading.ts';
import { windowed } from '../windowed.ts';
import { readCentral, type CentralRecord } from './central.ts';
import { CentralFields } from './central-fields.ts';
import { decodeMember, decodeNow, type Stored } from './decode.ts';
import { findEnd, viewOf, type ZipEnd } from './end-record.ts';
import { inspectCentral } from './inspect-member.ts';
import { noFields, readLocal } from './local.ts';
import { accountForBytes, type Region } from './regions.ts';

const linkBytesMax = 4096;

function typeOf(name: string, mode: number): EntryType {
  const format = mode & 0o170000;
  if (format === 0o120000) return 'symlink';
  if ([0o020000, 0o060000, 0o010000, 0o140000].includes(format)) return 'device';
  return name.endsWith('/') || format === 0o040000 ? 'directory' : 'file';
}

/** Where the central directory starts, and by how much all offsets are short because bytes were put before. */
function locateCentral(
  reading: Reading,
  place: Place,
  source: ByteSource,
  end: ZipEnd,
): { start: number; shift: number } {
  const behind = end.zip64?.offset ?? end.offset;
  const isCentral = (at: number) =>
    at >= 0 &&
    at + end.centralSize <= behind &&
    (end.centralSize === 0 || viewOf(source.read(at, 4)).getUint32(0, true) === 0x02014b50);
  const computed = behind - end.centralSize;
  const stated = end.centralOffset;
  const statedHolds = isCentral(stated);
  const computedHolds = isCentral(computed);
  if (statedHolds && computedHolds && stated !== computed && end.centralSize > 0) {
    reading.find(place, 'ambiguous-end', 'two places could be the central directory', stated);
  }
  if (statedHolds) return { start: stated, shift: 0 };
  if (computedHolds) return { start: computed, shift: computed - stated };
  throw new Malformed(place, 'no central directory where the end record says', end.offset);
}

/** What is known of a member before its content is. */
type Member = Pick<Entry, 'id' | 'name' | 'type' | 'offset'>;

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

class ZipReader {
  readonly #reading: Reading;
  readonly #place: Place;
  readonly #source: ByteSource;
  readonly #names = new NameWatch();
  readonly #fields = new CentralFields();
  readonly #regions: Region[] = [];
  readonly #entries: Entry[] = [];
  readonly #twin: Archive | undefined;

  constructor(reading: Reading, place: Place, source: ByteSource) {
    this.#reading = reading;
    this.#place = place;
    this.#twin = reading.twinOf(place);
    this.#source = source;
  }

  async read(): Promise<Archive> {
    const end = findEnd(this.#source);
    if (end === undefined) throw new Malformed(this.#place, 'no end of central directory record');
    for (const rival of end.rivals) {
      this.#reading.find(this.#place, 'ambiguous-end', 'another end record', rival);
    }
    for (const conflict of end.conflicts)
      this.#reading.find(this.#place, 'ambiguous-end', conflict, end.offset);
    if (end.split)
      this.#reading.find(this.#place, 'split-archive', 'the end record tells of other disks', end.offset);
    const { start, shift } = locateCentral(this.#reading, this.#place, this.#source, end);
    const records = readCentral(this.#place, this.#source, start, start + end.centralSize);
    let next = records.next();
    while (next.done !== true) {
      const pending = this.#readEntry(next.value, shift);
      if (pending !== undefined) await pending;
      next = records.next();
    }
    // Another reading has accounted for all bytes.
    if (!this.#reading.purpose.digest) return { format: 'zip', fields: {}, entries: this.#entries };
    const centralEnd = next.value;
    if (this.#entries.length !== end.entries || centralEnd !== start + end.centralSize) {
      this.#reading.find(
        this.#place,
        'count-mismatch',
        `the end record says ${end.entries} entries in ${end.centralSize} bytes, there are ${this.#entries.length} in ${centralEnd - start}`,
        end.offset,
      );
    }
    inspectNesting(this.#reading, this.#place, this.#entries);
    const own = (from: number, to: number, owner: string) =>
      this.#regions.push({ start: from, end: to, owner });
    own(start, centralEnd, 'the central directory');
    own(end.offset, end.end, 'the end record');
    if (end.zip64 !== undefined) {
      own(end.zip64.offset, end.zip64.end, 'the zip64 end record');
      own(end.zip64.locatorOffset, end.zip64.locatorOffset + 20, 'the zip64 locator');
    }
    const fields: Fields = {
      ...(await accountForBytes(this.#reading, this.#place, this.#source, this.#regions)),
      end_form: end.form,
    };
    if (end.comment.byteLength > 0) fields['comment'] = JSON.stringify(decodeName(end.comment).name);
    if (this.#entries.length !== end.entries) fields['entries_on_record'] = String(end.entries);
    if (centralEnd !== start + end.centralSize) fields['directory_bytes_on_record'] = String(end.centralSize);
    if (shift !== 0) fields['offset_shift'] = String(shift);
    this.#addLocalOrder(fields);
    return { format: 'zip', fields, entries: this.#entries };
  }

  /** Local records normally stand in the directory's order; where not, their order is a field of its own. */
  #addLocalOrder(fields: Fields): void {
    const inOrder = this.#entries.every(
      (entry, index, all) => index === 0 || entry.offset > (all[index - 1]?.offset ?? 0),
    );
    if (inOrder) return;
    const names = [...this.#entries].sort((a, b) => a.offset - b.offset).map(({ key }) => key);
    fields['local_order'] = `sha256 ${createHash('sha256').update(JSON.stringify(names)).digest('hex')}`;
  }

  /** A promise only where the content cannot be had at once. */
  #readEntry(central: CentralRecord, shift: number): Promise<void> | undefined {
    const reading = this.#reading;
    reading.spendMember(central.name.byteLength + central.comment.byteLength);
    const id = memberId(this.#place, this.#entries.length);
    if (reading.skips(id)) {
      this.#entries.push(skippedEntry(id));
      return undefined;
    }
    const { name, valid } = decodeName(central.name);
    const place = memberPlace(this.#place, this.#entries.length, name);
    const offset = central.localOffset + shift;
    const mode = central.externalAttributes >>> 16;
    const type = typeOf(name, mode);
    inspectName(reading, place, name, valid || (central.flags & 0x0800) === 0, central.offset);
    this.#names.add(reading, place, name, central.offset);
    inspectMode(reading, place, mode, central.offset);
    if (type === 'device') reading.find(place, 'device', `mode ${mode.toString(8)}`, central.offset);
    inspectCentral(reading, place, name, type, central);
    const secondName = central.extra.secondName;
    if (secondName !== undefined && !Buffer.from(secondName).equals(central.name)) {
      reading.find(place, 'second-name', JSON.stringify(decodeName(secondName).name), central.offset);
    }
    const local = readLocal(reading, this.#place, place, this.#source, offset, central);
    this.#regions.push({ start: offset, end: local.end, owner: name });
    const stored = { source: this.#source, start: local.dataStart, end: local.dataEnd };
    if (type === 'symlink') {
      const target = this.#linkTarget(stored, central);
      if (target === undefined)
        reading.find(place, 'ambiguous-kind', 'a link whose target cannot be read', central.offset);
      inspectLink(reading, place, name, target ?? '(not read)', 'symbolic', central.offset);
    }
    const own = this.#fields.of(central);
    const fields = local.fields === noFields ? own : { ...own, ...local.fields };
    const member = { id, name, type, offset };
    if (!reading.purpose.wanted(id)) {
      this.#add(central, member, fields, {});
      return undefined;
    }
    const decoded = decodeNow(reading, place, stored, central);
    if (decoded === undefined) return this.#readSlowly(central, member, { ...fields }, place, stored);
    this.#add(central, member, fields, decoded);
    return undefined;
  }

  async #readSlowly(
    central: CentralRecord,
    member: Member,
    fields: Fields,
    place: Place,
    stored: Stored,
  ): Promise<void> {
    const decoded = await decodeMember(this.#reading, place, stored, central, fields);
    this.#add(central, member, fields, decoded);
  }

  #add(
    central: CentralRecord,
    { id, name, type, offset }: Member,
    fields: Fields,
    decoded: Pick<Entry, 'content' | 'compressed'>,
  ): void {
    const key = latin1(central.name);
    const entry = {
      id,
      name: name === key ? key : name,
      key,
      type,
      fields: this.#reading.share(fields),
      offset,
      ...decoded,
    };
    this.#entries.push(alike(entry, this.#twin?.entries[this.#entries.length]));
  }

  /** Where a link leads, by its content; undefined where that is long, or compressed in another way than deflate. */
  #linkTarget({ source, start, end }: Stored, { method }: CentralRecord): string | undefined {
    if (end - start > linkBytesMax) return undefined;
    const packed = source.read(start, end - start);
    const bytes = method === 0 ? packed : method === 8 ? inflateSmall(packed)?.bytes : undefined;
    return bytes === undefined || bytes.byteLength > linkBytesMax ? undefined : decodeName(bytes).name;
  }
}

/** Reads a zip (APPNOTE.TXT 6.3.10): every byte of it belongs to a record or is a finding. @throws Malformed, BudgetSpent */
export async function readZip(reading: Reading, place: Place, source: ByteSource): Promise<Archive> {
  return new ZipReader(reading, place, windowed(source)).read();
}
