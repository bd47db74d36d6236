import { hash } from 'node:crypto';

/** Merkle trees of RFC 6962 and RFC 9162 over SHA-256. Pure; every malformed proof is false, never an exception. */

const leafPrefix = Buffer.of(0);
const nodePrefix = Buffer.of(1);
const hashBytes = 32;

/** https://www.rfc-editor.org/rfc/rfc9162#section-2.1.1 */
export function leafHash(leaf: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([leafPrefix, leaf]), 'buffer');
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([nodePrefix, left, right]), 'buffer');
}

export interface Inclusion {
  /** Hash of the leaf. */
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly treeSize: number;
  readonly root: Uint8Array;
  /** From the leaf upwards. */
  readonly path: readonly Uint8Array[];
}

/** Whether `leaf` is at `index` of the tree. https://www.rfc-editor.org/rfc/rfc9162#section-2.1.3.2 */
export function isIncluded({ leaf, index, treeSize, root, path }: Inclusion): boolean {
  if (!isCount(index) || !isCount(treeSize) || index >= treeSize) return false;
  if (![leaf, root, ...path].every(isHash)) return false;
  let node = BigInt(index);
  let last = BigInt(treeSize) - 1n;
  let hashed = leaf;
  for (const sibling of path) {
    if (last === 0n) return false;
    if ((node & 1n) === 1n || node === last) {
      hashed = nodeHash(sibling, hashed);
      while ((node & 1n) === 0n && node !== 0n) {
        node >>= 1n;
        last >>= 1n;
      }
    } else hashed = nodeHash(hashed, sibling);
    node >>= 1n;
    last >>= 1n;
  }
  return last === 0n && same(hashed, root);
}

export interface Consistency {
  readonly size1: number;
  readonly root1: Uint8Array;
  readonly size2: number;
  readonly root2: Uint8Array;
  readonly path: readonly Uint8Array[];
}

/**
 * Whether the second tree begins with all leaves of the first. The empty tree, which every tree begins with, proves
 * nothing and is refused. https://www.rfc-editor.org/rfc/rfc9162#section-2.1.4.2
 */
export function isConsistent({ size1, root1, size2, root2, path }: Consistency): boolean {
  if (!isCount(size1) || !isCount(size2) || size1 === 0 || size1 > size2) return false;
  if (![root1, root2, ...path].every(isHash)) return false;
  if (size1 === size2) return path.length === 0 && same(root1, root2);
  let node = BigInt(size1) - 1n;
  let last = BigInt(size2) - 1n;
  while ((node & 1n) === 1n) {
    node >>= 1n;
    last >>= 1n;
  }
  // Where the first tree is complete it is itself the first node of the path.
  const [first, ...rest] = node === 0n ? [root1, ...path] : path;
  if (first === undefined) return false;
  let hash1 = first;
  let hash2 = first;
  for (const sibling of rest) {
    if (last === 0n) return false;
    if ((node & 1n) === 1n || node === last) {
      hash1 = nodeHash(sibling, hash1);
      hash2 = nodeHash(sibling, hash2);
      while ((node & 1n) === 0n && node !== 0n) {
        node >>= 1n;
        last >>= 1n;
      }
    } else hash2 = nodeHash(hash2, sibling);
    node >>= 1n;
    last >>= 1n;
  }
  return last === 0n && same(hash1, root1) && same(hash2, root2);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isHash(bytes: Uint8Array): boolean {
  return bytes.length === hashBytes;
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
