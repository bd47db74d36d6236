import type { ByteSource } from '../byte-source.ts';

/** The end of a zip: APPNOTE.TXT 4.3.14 to 4.3.16. */
export interface ZipEnd {
  readonly offset: number;
  /** Where the comment ends: the end of the file, or bytes follow. */
  readonly end: number;
  readonly disk: number;
  readonly entries: number;
  readonly centralSize: number;
  readonly centralOffset: number;
  readonly comment: Uint8Array;
  readonly zip64?: { readonly offset: number; readonly end: number; readonly locatorOffset: number };
  /** Offsets of other records that a reader could take for the end. */
  readonly rivals: readonly number[];
  /** Where the end records contradict each other, or leave readers a choice, in words. */
  readonly conflicts: readonly string[];
  /** Whether it says that it is on more than one disk. */
  readonly split: boolean;
  /** What the end records say besides, as text. */
  readonly form: string;
}

const endBytes = 22;
const commentBytesMax = 65_535;
const zip64Bytes = 56;

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

interface Candidate {
  readonly at: number;
  /** Where its comment ends by its own account: perhaps behind the end of the file. */
  readonly end: number;
}

/** Everything in `tail` that looks like an end record. */
function candidates(tail: Uint8Array): Candidate[] {
  const found: Candidate[] = [];
  const buffer = Buffer.from(tail.buffer, tail.byteOffset, tail.byteLength);
  const signature = Buffer.from('PK\x05\x06', 'latin1');
  for (let at = buffer.indexOf(signature); at !== -1; at = buffer.indexOf(signature, at + 1)) {
    if (at + endBytes > buffer.byteLength) break;
    found.push({ at, end: at + endBytes + buffer.readUInt16LE(at + 20) });
  }
  return found;
}

function readZip64(source: ByteSource, endOffset: number, view: DataView) {
  const locatorOffset = endOffset - 20;
  if (locatorOffset < 0) return undefined;
  const locator = viewOf(source.read(locatorOffset, 20));
  if (locator.byteLength < 20 || locator.getUint32(0, true) !== 0x07064b50) return undefined;
  const needed =
    view.getUint16(10, true) === 0xffff ||
    view.getUint32(12, true) === 0xffffffff ||
    view.getUint32(16, true) === 0xffffffff;
  const stated = Number(locator.getBigUint64(8, true));
  // Where bytes were put before the archive the stated offset is short by their number: look right before, too.
  for (const offset of [stated, locatorOffset - 56]) {
    if (offset < 0 || offset + 56 > locatorOffset) continue;
    const record = viewOf(source.read(offset, 56));
    if (record.getUint32(0, true) !== 0x06064b50) continue;
    const end = offset + 12 + Number(record.getBigUint64(4, true));
    if (end > locatorOffset) continue;
    return {
      offset,
      end,
      locatorOffset,
      needed,
      disk: record.getUint32(16, true),
      isElsewhere: stated !== offset,
      split:
        locator.getUint32(4, true) !== 0 ||
        locator.getUint32(16, true) > 1 ||
        record.getUint32(16, true) !== 0 ||
        record.getUint32(20, true) !== 0 ||
        record.getBigUint64(24, true) !== record.getBigUint64(32, true),
      entries: Number(record.getBigUint64(32, true)),
      centralSize: Number(record.getBigUint64(40, true)),
      centralOffset: Number(record.getBigUint64(48, true)),
      form: `zip64 version ${record.getUint16(12, true)}/${record.getUint16(14, true)}, disks ${locator.getUint32(4, true)}/${locator.getUint32(16, true)}/${record.getUint32(16, true)}/${record.getUint32(20, true)}${stated === offset ? '' : `, stated at ${stated - offset}`}, entries ${record.getBigUint64(24, true)}, short ${view.getUint16(10, true)}/${view.getUint32(12, true)}/${view.getUint32(16, true)}, tail 0x${Buffer.from(source.read(offset + 56, Math.min(end - offset - 56, 1024))).toString('hex')}`,
    };
  }
  return undefined;
}

interface EndValues {
  readonly entries: number;
  readonly centralSize: number;
  readonly centralOffset: number;
}

/**
 * What readers take in different ways: some believe the zip64 record wherever there is one, some for the values only
 * that the short record leaves to it, some look for it where the locator says, some right before that.
 */
function zip64Conflicts(
  zip64: EndValues & { readonly offset: number; readonly end: number; readonly isElsewhere: boolean },
  short: EndValues,
): string[] {
  const conflicts: string[] = [];
  const values = [
    ['entries', short.entries, 0xffff, zip64.entries],
    ['bytes of the directory', short.centralSize, 0xffffffff, zip64.centralSize],
    ['bytes before the directory', short.centralOffset, 0xffffffff, zip64.centralOffset],
  ] as const;
  for (const [what, brief, marker, long] of values) {
    if (brief !== marker && brief !== long)
      conflicts.push(`${brief} ${what} in the one end record, ${long} in the other`);
  }
  if (zip64.end - zip64.offset > zip64Bytes)
    conflicts.push('a zip64 end record with bytes behind its values');
  if (zip64.isElsewhere) conflicts.push('a zip64 end record that is not where its locator says');
  return conflicts;
}

/** Whether the directory begins where the end record at `at` says, or right before it: a constant in a program does not. */
function pointsToDirectory(source: ByteSource, tailStart: number, tail: DataView, at: number): boolean {
  const [size, offset] = [tail.getUint32(at + 12, true), tail.getUint32(at + 16, true)];
  return [offset, tailStart + at - size].some((start) => {
    const head = start < 0 ? new Uint8Array(0) : source.read(start, 4);
    return head.byteLength === 4 && viewOf(head).getUint32(0, true) === 0x02014b50;
  });
}

/** Finds the end record, as readers do from the back: one whose comment reaches the end of the file, else the last. */
export function findEnd(source: ByteSource): ZipEnd | undefined {
  const tailStart = Math.max(0, source.size - endBytes - commentBytesMax);
  const tail = source.read(tailStart, source.size - tailStart);
  const all = candidates(tail);
  const found = all.filter(({ end }) => end <= tail.byteLength);
  const exact = found.filter(({ end }) => end === tail.byteLength);
  const cut = all.findLast(({ at }) => pointsToDirectory(source, tailStart, viewOf(tail), at));
  const chosen = exact.at(-1) ?? found.at(-1) ?? cut;
  if (chosen === undefined) return undefined;
  const view = viewOf(tail.subarray(chosen.at, chosen.at + endBytes));
  const offset = tailStart + chosen.at;
  // Readers take the last signature, whatever the comment behind it is said to be.
  const rivals = all
    .filter((other) => other !== chosen && (exact.includes(other) || other.at > chosen.at))
    .map(({ at }) => tailStart + at);
  const zip64 = readZip64(source, offset, view);
  const short = {
    disk: view.getUint16(4, true),
    entries: view.getUint16(10, true),
    centralSize: view.getUint32(12, true),
    centralOffset: view.getUint32(16, true),
  };
  const values = zip64 !== undefined && zip64.needed ? zip64 : short;
  const partial = view.getUint16(8, true) !== view.getUint16(10, true);
  return {
    offset,
    end: tailStart + Math.min(chosen.end, tail.byteLength),
    disk: values.disk,
    entries: values.entries,
    centralSize: values.centralSize,
    centralOffset: values.centralOffset,
    comment: tail.subarray(chosen.at + endBytes, chosen.end),
    ...(zip64 === undefined
      ? {}
      : { zip64: { offset: zip64.offset, end: zip64.end, locatorOffset: zip64.locatorOffset } }),
    rivals,
    conflicts: [
      ...(zip64 === undefined ? [] : zip64Conflicts(zip64, short)),
      ...(chosen.end > tail.byteLength ? ['a comment that is cut off'] : []),
    ],
    split: partial || view.getUint16(4, true) !== 0 || view.getUint16(6, true) !== 0 || zip64?.split === true,
    form: `${chosen.end > tail.byteLength ? `comment of ${chosen.end - chosen.at - endBytes} bytes, ` : ''}disks ${view.getUint16(4, true)}/${view.getUint16(6, true)}, entries on this disk ${view.getUint16(8, true) === view.getUint16(10, true) ? 'all' : view.getUint16(8, true)}${zip64 === undefined ? '' : `, ${zip64.form}${zip64.needed ? '' : `, unused ${zip64.entries}/${zip64.centralSize}/${zip64.centralOffset}`}`}`,
  };
}
