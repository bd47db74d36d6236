import type { Entry } from '#core/archive/entry.ts';
import type { Delta } from '#core/compare/delta.ts';
import type { Pass } from '../pass.ts';
import { bothRecords } from '../zip-records.ts';

/** Bits of the flags that say how a member was written, APPNOTE.TXT 4.4.4: the effort of deflate, a data descriptor. */
const writerBits = 0x000e;
const descriptorBit = 0x0008;
const utf8Bit = 0x0800;
const textBit = 0x0001;
/** Archived; and that a directory is one. */
const dosBits = { archived: 0x20, directory: 0x10 };
/** The last "version needed to extract" that APPNOTE.TXT 4.4.3 knows. */
const versionMax = 63;

const descriptorBytes: Readonly<Record<string, number>> = {
  signed: 16,
  'signed zip64': 24,
  unsigned: 12,
  'unsigned zip64': 20,
};

type Both = readonly [Entry, Entry];

/** Which encoding the names are in makes no difference to ASCII. */
function isAscii(entries: Both): boolean {
  return entries.every(({ key, fields }) => /^[ -~]*$/.test(`${key}${fields['comment'] ?? ''}`));
}

/** A member that is not deflated can be read forwards only without a data descriptor. */
function descriptorsAreReadable(entries: Both): boolean {
  return entries.every(({ fields }) => !('descriptor' in fields) || fields['method'] === '8');
}

function changedBits(field: string, delta: Delta, entries: Both): number {
  const [a, b] = [delta.a, delta.b].map((value, side) =>
    // Where the local header has no flags of its own, it has those of the central directory.
    Number(value ?? entries[side]?.fields[field.replace(/^local_/, '')]),
  );
  return (a ?? Number.NaN) ^ (b ?? Number.NaN);
}

function flagsAreHarmless(field: string, delta: Delta, entries: Both): boolean {
  const changed = changedBits(field, delta, entries);
  if ((changed & ~(writerBits | utf8Bit)) !== 0) return false;
  if ((changed & utf8Bit) !== 0 && !isAscii(entries)) return false;
  return (changed & descriptorBit) === 0 || descriptorsAreReadable(entries);
}

function isVersion(value: string | null | undefined): boolean {
  return value === null || Number(value) <= versionMax;
}

function fieldBytes(field: string, delta: Delta, entries: Both): number | undefined {
  const { a, b } = delta;
  const present = [a, b].filter((value) => typeof value === 'string');
  switch (field) {
    case 'create_version':
      return 2;
    case 'extract_version':
      return isVersion(a) && isVersion(b) ? bothRecords(delta, 2) : undefined;
    case 'local_extract_version':
      return isVersion(a) && isVersion(b) ? 2 * present.length : undefined;
    case 'internal_attributes':
      return (changedBits(field, delta, entries) & ~textBit) === 0 ? 4 : undefined;
    case 'dos_attributes': {
      const directories = entries.every(({ type }) => type === 'directory');
      const harmless = dosBits.archived | (directories ? dosBits.directory : 0);
      return (changedBits(field, delta, entries) & ~harmless) === 0 ? 4 : undefined;
    }
    case 'flags':
      return flagsAreHarmless(field, delta, entries) ? bothRecords(delta, 2) : undefined;
    case 'local_flags':
      return flagsAreHarmless(field, delta, entries) ? 2 * present.length : undefined;
    case 'local_sizes':
      // Checksum and sizes: zero in the local header of the one, there in that of the other.
      return present.every((value) => value === 'in the data descriptor') && descriptorsAreReadable(entries)
        ? 24
        : undefined;
    case 'descriptor':
      return descriptorsAreReadable(entries)
        ? present.reduce((sum, value) => sum + (descriptorBytes[value] ?? 0), 0)
        : undefined;
    default:
      return undefined;
  }
}

export const zipHeader: Pass = {
  id: 'zip-header',
  title: 'What a zip member says of its writer: versions, flags without effect, a data descriptor',
  risk: 'A reader that refuses a version or a flag refuses one of the two; what it reads of the other is the same.',
  touches: {
    formats: ['zip'],
    fields: [
      'create_version',
      'descriptor',
      'dos_attributes',
      'extract_version',
      'flags',
      'internal_attributes',
      'local_extract_version',
      'local_flags',
      'local_sizes',
    ],
  },
  setsAside(delta) {
    const { field = '', entryA, entryB } = delta;
    return entryA === undefined || entryB === undefined
      ? undefined
      : fieldBytes(field, delta, [entryA, entryB]);
  },
};
