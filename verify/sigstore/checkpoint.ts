/** A log's word on its own size: https://c2sp.org/tlog-checkpoint */
export interface Checkpoint {
  readonly origin: string;
  readonly treeSize: number;
  readonly rootHash: Buffer;
  /** Lines after the root hash, whose meaning is the log's own. */
  readonly extensions: readonly string[];
}

/** Reads the text of a signed note as a checkpoint; undefined where it is none. Never throws. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  if (!text.endsWith('\n')) return undefined;
  const [origin = '', size = '', root = '', ...extensions] = text.slice(0, -1).split('\n');
  if (origin === '' || !/^(?:0|[1-9]\d{0,15})$/.test(size) || extensions.includes('')) return undefined;
  const treeSize = Number(size);
  const rootHash = Buffer.from(root, 'base64');
  if (!Number.isSafeInteger(treeSize) || rootHash.length !== 32 || rootHash.toString('base64') !== root)
    return undefined;
  return { origin, treeSize, rootHash, extensions };
}
