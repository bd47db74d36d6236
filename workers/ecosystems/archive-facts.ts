import type { ArchiveFacts } from '#core/archive/archive-facts.ts';
import type { Sha256 } from '#schemas/digest.ts';

export type { ArchiveFacts };

/**
 * Has a reader (a child without network or files) list an archive on this host, and the archives in it. `texts` are
 * globs over member paths, whose text (at most 256 KiB each) is given back. All of the answer is hostile text.
 * @throws AppError as workers/reader does
 */
export type ReadArchive = (
  path: string,
  texts: readonly string[],
  signal: AbortSignal,
) => Promise<ArchiveFacts>;

/** One regular file directly in an archive, with what inference looks at. */
export interface ArchivedFile {
  readonly name: string;
  readonly size: number;
  /** Unix mode as recorded, with or without the file type's bits. */
  readonly mode?: number;
  /** Unix seconds; a zip's local time is taken as UTC. */
  readonly mtime?: number;
  /** Zip: the system that made the entry; 3 is Unix, 0 is MS-DOS and Windows. */
  readonly createSystem?: number;
  readonly sha256?: Sha256;
}

/** The regular files of the archive itself, not those of archives in it. */
export function filesOf(archive: ArchiveFacts): ArchivedFile[] {
  return archive.members.flatMap((member) => {
    const [name, ...deeper] = member.path;
    if (member.type !== 'file' || name === undefined || deeper.length > 0) return [];
    const seconds = secondsOf(member.mtime);
    return [
      {
        name,
        size: member.size,
        ...(member.mode === null ? {} : { mode: member.mode }),
        ...(seconds === undefined ? {} : { mtime: seconds }),
        ...(member.createSystem === undefined ? {} : { createSystem: member.createSystem }),
        ...(member.sha256 === null ? {} : { sha256: member.sha256 }),
      },
    ];
  });
}

/** Where the bytes of `sha256` are in an archive, or in an archive in it: member names from the outermost inwards. */
export function whereIs(archive: ArchiveFacts, sha256: Sha256): readonly string[] | undefined {
  if (archive.sha256 === sha256) return [];
  return archive.members.find((member) => member.sha256 === sha256)?.path;
}

/** RFC 3339, or the same without a zone: then UTC. What is no time at all counts as not recorded. */
function secondsOf(mtime: string | null): number | undefined {
  if (mtime === null) return undefined;
  const milliseconds = Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(mtime) ? mtime : `${mtime}Z`);
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1000);
}
