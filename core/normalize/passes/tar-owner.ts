import type { Entry } from '#core/archive/entry.ts';
import type { Delta } from '#core/compare/delta.ts';
import { onceForArchive } from '../once-for-archive.ts';
import type { Pass } from '../pass.ts';

/** Widths of the fields in a header. */
const widths: Readonly<Record<string, number>> = { uid: 8, gid: 8, uname: 32, gname: 32 };

/** Members by which a system's package manager knows a package: it installs as root, with the owners on record. */
const packageMembers = new Set(['.PKGINFO', '.MTREE', '.BUILDINFO']);

const isPackage = onceForArchive(({ entries }) => entries.some(({ key }) => packageMembers.has(key)));

/** Whether the tar may be a part of a system, where owners decide who may change a file: an image, a .deb, a package. */
function isOfSystem({ path, archiveA, archiveB }: Delta): boolean {
  if (path.length !== 1 || archiveA === undefined || archiveB === undefined) return true;
  return isPackage(archiveA) || isPackage(archiveB);
}

/** Whether an owner decides what the member may do: a set-id bit, a device. */
function ownerMatters(entry: Entry | undefined): boolean {
  const mode = Number.parseInt(entry?.fields['mode'] ?? '', 8);
  return entry === undefined || (mode & 0o6000) !== 0 || entry.type === 'device' || entry.type === 'other';
}

/** Bytes of one side's value: of the text where a pax record has it, else of the header's field. */
function ownerBytes(
  field: string,
  value: string | null | undefined,
  entry: Entry | undefined,
): number | undefined {
  if (typeof value !== 'string') return 0;
  // What is no number or plain name means something else to each reader.
  if (!(field.endsWith('id') ? /^\d{1,15}$/ : /^[!-~]{0,255}$/).test(value)) return undefined;
  const width = widths[field.replace(/^header_/, '')] ?? 0;
  const inRecord = !field.startsWith('header_') && `header_${field}` in (entry?.fields ?? {});
  return inRecord ? Buffer.byteLength(value) : width;
}

export const tarOwner: Pass = {
  id: 'tar-owner',
  title: 'Owners of tar members',
  risk: "Unpacked by root, files belong to somebody else, who may change them. It passes for no set-id bit and no device, and only in a tar that is the file itself: not in a .deb, a system's package or an image.",
  touches: {
    formats: ['tar'],
    fields: ['gid', 'gname', 'header_gid', 'header_gname', 'header_uid', 'header_uname', 'uid', 'uname'],
  },
  setsAside(delta) {
    const { field = '', a, b, entryA, entryB } = delta;
    if (isOfSystem(delta) || ownerMatters(entryA) || ownerMatters(entryB)) return undefined;
    const [bytesA, bytesB] = [ownerBytes(field, a, entryA), ownerBytes(field, b, entryB)];
    return bytesA === undefined || bytesB === undefined ? undefined : bytesA + bytesB;
  },
};
