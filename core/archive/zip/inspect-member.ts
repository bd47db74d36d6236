import type { EntryType } from '../entry.ts';
import type { Place, Reading } from '../reading.ts';
import type { CentralRecord } from './central.ts';
import type { ZipExtra } from './extra.ts';

const utf8Flag = 0x0800;
const dos = { volumeLabel: 0x08, directory: 0x10 };
/** Systems whose upper attributes are a Unix mode to every reader, APPNOTE.TXT 4.4.2: Unix, macOS. */
const unixSystems: ReadonlySet<number> = new Set([3, 19]);
/** Kinds of files that Unix knows, sys/stat.h; 0 is none on record. */
const kinds: ReadonlySet<number> = new Set(
  [0, 0o1, 0o2, 0o4, 0o6, 0o10, 0o12, 0o14].map((kind) => kind << 12),
);
const format = { mask: 0o170000, directory: 0o040000, file: 0o100000 };

/**
 * Names that are not ASCII and do not say that they are UTF-8 (APPNOTE.TXT appendix D): CP437 by the standard, UTF-8 or
 * the reader's own code page in practice. A Unicode path that belongs to the name says it, too.
 */
function inspectEncoding(reading: Reading, place: Place, { flags, name, offset }: CentralRecord): void {
  if ((flags & utf8Flag) !== 0 || name.every((byte) => byte < 0x80)) return;
  reading.find(place, 'undeclared-encoding', 'the name is not ASCII and not marked as UTF-8', offset);
}

/** What the record says of the member's kind in its name, its mode and its DOS attributes. */
function inspectKind(
  reading: Reading,
  place: Place,
  name: string,
  type: EntryType,
  central: CentralRecord,
): void {
  const find = (detail: string) => reading.find(place, 'ambiguous-kind', detail, central.offset);
  const mode = central.externalAttributes >>> 16;
  const attributes = central.externalAttributes & 0xff;
  const kind = mode & format.mask;
  const namesFolder = name.endsWith('/');
  if (namesFolder && kind !== 0 && kind !== format.directory)
    find('the name of a folder, the mode of something else');
  else if (!namesFolder && kind === format.directory) find('the mode of a folder, the name of a file');
  if (!namesFolder && (attributes & dos.directory) !== 0)
    find('the attributes of a folder, the name of a file');
  if ((attributes & dos.volumeLabel) !== 0) find('the attributes of a volume label');
  if (!kinds.has(kind)) find(`a kind that there is not, mode ${mode.toString(8)}`);
  if (type === 'directory' && (central.size > 0 || central.compressedSize > 2))
    find(`a folder with ${central.size} bytes of content`);
  if (![0, format.directory, format.file].includes(kind) && !unixSystems.has(central.createSystem))
    find(`a mode of Unix, ${mode.toString(8)}, made on system ${central.createSystem}`);
}

/** Blocks of which readers believe different ones, and bytes that are no block. */
export function inspectExtra(
  reading: Reading,
  place: Place,
  where: string,
  extra: ZipExtra,
  offset: number,
): void {
  for (const fault of extra.faults) reading.find(place, 'ambiguous-extra', `${where}: ${fault}`, offset);
}

/** Findings about what a member of a zip says of itself in its central record. */
export function inspectCentral(
  reading: Reading,
  place: Place,
  name: string,
  type: EntryType,
  central: CentralRecord,
): void {
  inspectEncoding(reading, place, central);
  inspectKind(reading, place, name, type, central);
  inspectExtra(reading, place, 'in the central directory', central.extra, central.offset);
  if (central.zip64Fault !== undefined)
    reading.find(place, 'ambiguous-extra', `in the central directory: ${central.zip64Fault}`, central.offset);
  if (central.disk !== 0)
    reading.find(place, 'split-archive', `the member begins on disk ${central.disk}`, central.offset);
}

/**
 * What reads forwards has to guess how long a descriptor is: java.util.zip takes sizes of eight bytes for none below
 * 4 GiB, and sees no member behind them. Data that is stored has no end of its own. APPNOTE.TXT 4.3.9.
 */
export function inspectDescriptor(
  reading: Reading,
  place: Place,
  form: string,
  central: CentralRecord,
  offset: number,
): void {
  const find = (detail: string) => reading.find(place, 'ambiguous-descriptor', detail, offset);
  const large = Math.max(central.size, central.compressedSize) > 0xffffffff;
  if (form.endsWith('zip64') !== large) find(`sizes of ${large ? 'four' : 'eight'} bytes`);
  if (central.method === 0 && central.size > 0) find('behind data that is stored');
}
