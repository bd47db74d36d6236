/** Formats that hold one content without a name. */
export type StreamFormat = (typeof streamFormats)[number];
export type ArchiveFormat = 'zip' | 'tar' | 'ar' | StreamFormat;

const streamFormats = ['gzip', 'zstd', 'xz', 'bzip2', 'lzma', 'lzip'] as const;

/** Whether an archive of this format is one content in another form, and nothing else. */
export function isStream(format: ArchiveFormat): format is StreamFormat {
  return streamFormats.some((stream) => stream === format);
}

export type EntryType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'device' | 'other';

/** Header fields of a member or an archive as text, one spelling for one value. Every header bit is in one of them. */
export type Fields = Record<string, string>;

/** What is known of a stream of bytes that was read to its end. */
export interface ContentFacts {
  readonly size: number;
  readonly sha256: string;
  /** CRC-32 of each 64 KiB, where there is more than one such block: where to look, never what to believe. */
  readonly blocks: readonly number[];
  /** Set where the content is itself an archive that was opened and read. */
  readonly archive?: Archive;
}

/** One member. `id` is its place (`2.0.5`: ordinals from the outermost archive inwards). */
export interface Entry {
  readonly id: string;
  /** As a reader would show it; hostile. */
  readonly name: string;
  /** The name's bytes as latin1, by which the two sides' members are matched. */
  readonly key: string;
  readonly type: EntryType;
  /** Shared between members that have the same: never changed. */
  readonly fields: Fields;
  /** Size and digest of the compressed form (zip), apart because it is another for each member. */
  readonly compressed?: string;
  /** Of the member's header, in its archive. */
  readonly offset: number;
  /** Decoded content; absent for what has none (directories, links, devices in a tar). */
  readonly content?: ContentFacts;
}

const noFields: Fields = Object.freeze({});

/** Keeps the place of a member of which this reading wants nothing. */
export function skippedEntry(id: string): Entry {
  return { id, name: '', key: '', type: 'other', fields: noFields, offset: 0 };
}

/** An archive that was read to its end. For a stream format: one entry, the content, with an empty name. */
export interface Archive {
  readonly format: ArchiveFormat;
  readonly fields: Fields;
  readonly entries: readonly Entry[];
}

/** Size of the blocks in `ContentFacts.blocks`. */
export const blockBytes = 65_536;
