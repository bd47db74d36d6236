/** Upper bounds of reading one file. Counted in bytes and members, never in seconds: the same file is cut the same way. */
export interface ReadLimits {
  /** Bytes decoded, all members and nested archives together. */
  readonly decodedBytesMax: number;
  /** Members, nested ones included. */
  readonly membersMax: number;
  /** Archives in archives: 1 opens the file itself only. A gzip layer counts. */
  readonly depthMax: number;
  /** A nested zip needs all its bytes at once: larger ones are compared as bytes. */
  readonly nestedZipBytesMax: number;
  /** A member that expands more than this, and beyond `bombBytesMin`, is a finding. */
  readonly ratioMax: number;
  readonly bombBytesMin: number;
  readonly findingsMax: number;
  /** A name, link, comment, pax record or extra field: longer ones make the archive unreadable. */
  readonly headerBytesMax: number;
  /** Names of all members together: they are all held in memory. */
  readonly nameBytesMax: number;
}

export const defaultReadLimits: ReadLimits = {
  decodedBytesMax: 8 * 1024 ** 3,
  membersMax: 100_000,
  depthMax: 6,
  nestedZipBytesMax: 48 * 1024 ** 2,
  ratioMax: 200,
  bombBytesMin: 64 * 1024 ** 2,
  findingsMax: 2000,
  headerBytesMax: 1024 ** 2,
  nameBytesMax: 24 * 1024 ** 2,
};
