import type { ByteSource } from './byte-source.ts';
import { memorySource } from './byte-source.ts';
import { readBzip2 } from './bzip2/read-bzip2.ts';
import { ContentDigest, digestWhole } from './content-digest.ts';
import { Cursor } from './cursor.ts';
import { detect, detectBytes, zipName } from './detect.ts';
import type { Archive, ArchiveFormat, ContentFacts } from './entry.ts';
import { readAr } from './ar/read-ar.ts';
import { readGzip } from './gzip/read-gzip.ts';
import type { ReadLimits } from './limits.ts';
import { readLzip } from './lzma/read-lzip.ts';
import { readLzma } from './lzma/read-lzma.ts';
import { BudgetSpent, Malformed } from './malformed.ts';
import { digestAll, Reading, type ContentReader, type Place, type Purpose } from './reading.ts';
import { readTar } from './tar/read-tar.ts';
import { readXz } from './xz/read-xz.ts';
import { findEnd } from './zip/end-record.ts';
import { readZip } from './zip/read-zip.ts';
import { readZstd } from './zstd/read-zstd.ts';

/** Reads an archive forwards to the end of `cursor`. @throws Malformed, BudgetSpent */
type ForwardReader = (reading: Reading, place: Place, cursor: Cursor) => Promise<Archive>;

/** One reader a format; a new format is a line here, one in `detect` and one file. A zip alone is read from its end. */
const forwardReaders: Readonly<Record<Exclude<ArchiveFormat, 'zip'>, ForwardReader>> = {
  tar: readTar,
  ar: readAr,
  gzip: readGzip,
  zstd: readZstd,
  xz: readXz,
  bzip2: readBzip2,
  lzma: readLzma,
  lzip: readLzip,
};

/** Runs `read`; bytes that break the rules of the archive at `place` become a finding. */
async function orFinding(
  reading: Reading,
  place: Place,
  format: string,
  read: () => Promise<Archive>,
): Promise<Archive | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof Malformed) || error.place !== place) throw error;
    reading.find(place, 'unreadable-archive', `${format}: ${error.message}`, error.offset);
    return undefined;
  }
}

function mayOpen(reading: Reading, place: Place): boolean {
  if (place.depth < reading.limits.depthMax) return true;
  if (reading.purpose.shallow !== true)
    reading.cutOnce('unread', `archives nested deeper than ${reading.limits.depthMax} are compared as bytes`);
  return false;
}

/**
 * Reads the file itself. Its digest is the caller's to know; the archive in it, if it is one, is read to its end. Undefined
 * where it is none, or a budget was spent, which the reading's cuts then tell.
 */
export async function readFile(
  reading: Reading,
  place: Place,
  source: ByteSource,
): Promise<Archive | undefined> {
  try {
    return await readArchive(reading, place, source);
  } catch (error) {
    if (!(error instanceof BudgetSpent)) throw error;
    reading.cutOnce('unread', error.message);
    return undefined;
  }
}

async function readArchive(reading: Reading, place: Place, source: ByteSource): Promise<Archive | undefined> {
  reading.rootBytes = source.size;
  const format = detect(source.read(0, detectBytes));
  if (format !== undefined && format !== 'zip') {
    const read = forwardReaders[format];
    return orFinding(reading, place, format, () => read(reading, place, Cursor.over(source)));
  }
  if (format === undefined && findEnd(source) === undefined) return undefined;
  return orFinding(reading, place, 'zip', () => readZip(reading, place, source));
}

/** Collects a nested zip, which must be read from its end; undefined (and a cut) where it is too large to hold. */
async function collect(reading: Reading, cursor: Cursor): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const bytes = await cursor.takeSome(Number.POSITIVE_INFINITY);
    if (bytes === undefined) return Buffer.concat(parts, size);
    size += bytes.byteLength;
    if (!reading.mayHold(size)) {
      reading.cutOnce(
        'unread',
        `nested zip archives that need more than ${reading.limits.nestedZipBytesMax} bytes in memory are compared as bytes`,
      );
      await cursor.drain();
      return undefined;
    }
    parts.push(bytes);
  }
}

async function openZip(reading: Reading, place: Place, cursor: Cursor): Promise<Archive | undefined> {
  const bytes = await collect(reading, cursor);
  if (bytes === undefined) return undefined;
  reading.hold(bytes.byteLength);
  try {
    return await orFinding(reading, place, 'zip', () => readZip(reading, place, memorySource(bytes)));
  } finally {
    reading.hold(-bytes.byteLength);
  }
}

/** The archive that a content which begins with `head` is to be opened as. */
function formatOf(head: Uint8Array, place: Place): ArchiveFormat | undefined {
  return detect(head) ?? (zipName.test(place.path.at(-1) ?? '') ? 'zip' : undefined);
}

function opens(reading: Reading, place: Place, bytes: Uint8Array): boolean {
  return reading.purpose.wanted(place.id) && formatOf(bytes.subarray(0, detectBytes), place) !== undefined;
}

function digestContent(reading: Reading, place: Place, bytes: Uint8Array): ContentFacts {
  const tap = reading.purpose.tap(place);
  if (bytes.byteLength > 0) {
    reading.spendDecoded(place, bytes.byteLength);
    tap?.(bytes, 0);
  }
  return reading.purpose.digest ? digestWhole(bytes) : { size: bytes.byteLength, sha256: '', blocks: [] };
}

const readContent: ContentReader = async (reading, place, input, options = {}) => {
  const digest = reading.purpose.digest ? new ContentDigest() : undefined;
  const tap = reading.purpose.tap(place);
  let seen = 0;
  const cursor = new Cursor(
    () => input.takeSome(Number.POSITIVE_INFINITY),
    (bytes) => {
      reading.spendDecoded(place, bytes.byteLength);
      digest?.add(bytes);
      tap?.(bytes, seen);
      seen += bytes.byteLength;
    },
  );
  let archive: Archive | undefined;
  if (options.opaque !== true && reading.purpose.wanted(place.id)) {
    const format = formatOf(await cursor.peek(detectBytes), place);
    if (format !== undefined && mayOpen(reading, place)) {
      if (format === 'zip') archive = await openZip(reading, place, cursor);
      else {
        const read = forwardReaders[format];
        archive = await orFinding(reading, place, format, () => read(reading, place, cursor));
      }
    }
  }
  await cursor.drain();
  const facts = digest?.end() ?? { size: seen, sha256: '', blocks: [] };
  return archive === undefined ? facts : { ...facts, archive };
};

/** A fresh reading: its budgets are unspent. `other`: what it is compared with, whose texts it can hold instead of its own. */
export function startReading(limits: ReadLimits, purpose: Purpose = digestAll, other?: Archive): Reading {
  return new Reading(limits, purpose, { read: readContent, opens, digest: digestContent }, other);
}
