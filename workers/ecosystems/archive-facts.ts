import type { Sha256 } from '#schemas/digest.ts';

/** One record of an archive, as a reader reports it. `path` is hostile text. */
export interface ArchiveMember {
  readonly path: string;
  readonly type: string;
  readonly size: number;
  /** Unix mode as recorded, with or without the file type's bits. */
  readonly mode?: number;
  /** Unix seconds; a zip's local time is taken as UTC. */
  readonly mtime?: number;
  /** Zip: the system that made the entry; 3 is Unix, 0 is MS-DOS and Windows. */
  readonly createSystem?: number;
  /** Of the content, for regular files, where digests were asked for. */
  readonly sha256?: Sha256;
}

/** What inference is made from: the list of an archive's records and the text of a few small ones. */
export interface ArchiveFacts {
  readonly members: readonly ArchiveMember[];
  /** By path; only what was asked for, found and small enough. */
  readonly texts: Readonly<Record<string, string>>;
}

export interface ArchiveFactsWanted {
  /** Globs over member paths: `*` within a part. At most 256 KiB each is given back. */
  readonly texts: readonly string[];
  readonly digests: boolean;
}

/** Has a reader (a child without network or files) list an archive on this host. @throws AppError */
export type ReadArchive = (
  path: string,
  wanted: ArchiveFactsWanted,
  signal: AbortSignal,
) => Promise<ArchiveFacts>;
