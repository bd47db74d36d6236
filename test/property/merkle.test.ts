import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { consistencyPath, hashLeaf, inclusionPath, rootOf } from '#test/harness/sigstore/test-merkle-tree.ts';
import { isConsistent, isIncluded, leafHash } from '#verify/sigstore/merkle.ts';

/** The reference tree of https://github.com/google/certificate-transparency and its roots of each size. */
const leaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => Buffer.from(hex, 'hex'));
const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const hex = (text: string) => Buffer.from(text, 'hex');

describe('the published tree', () => {
  test('has the published roots', () => {
    for (const [index, root] of roots.entries())
      expect(rootOf(leaves.slice(0, index + 1)).toString('hex')).toBe(root);
    expect(rootOf([]).toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  test('includes its sixth leaf of eight by the published path', () => {
    const path = [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ].map(hex);
    const leaf = leafHash(leaves[5] ?? Buffer.alloc(0));
    expect(isIncluded({ leaf, index: 5, treeSize: 8, root: hex(roots[7] ?? ''), path })).toBe(true);
  });

  test('of eight begins with that of six by the published path', () => {
    const path = [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ].map(hex);
    const [root1, root2] = [hex(roots[5] ?? ''), hex(roots[7] ?? '')];
    expect(isConsistent({ size1: 6, root1, size2: 8, root2, path })).toBe(true);
  });
});

const trees = fc.array(fc.uint8Array({ maxLength: 8 }), { minLength: 1, maxLength: 70 });
const treeWithIndex = trees.chain((tree) => fc.tuple(fc.constant(tree), fc.nat({ max: tree.length - 1 })));
const inclusionOf = (tree: readonly Uint8Array[], index: number) => ({
  leaf: hashLeaf(tree[index] ?? Buffer.alloc(0)),
  index,
  treeSize: tree.length,
  root: rootOf(tree),
  path: inclusionPath(index, tree),
});
const consistencyOf = (tree: readonly Uint8Array[], size1: number) => ({
  size1,
  root1: rootOf(tree.slice(0, size1)),
  size2: tree.length,
  root2: rootOf(tree),
  path: consistencyPath(size1, tree),
});

/** Every way to spoil a path: a bit, a hash too few, too many, in another order, of another length. */
const spoilt = (path: readonly Uint8Array[], pick: number, bit: number): Uint8Array[][] => {
  const at = path.length === 0 ? 0 : pick % path.length;
  const flipped = path.map((hash, index) => {
    const bytes = Buffer.from(hash);
    if (index === at) bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    return bytes;
  });
  return [
    [...path, Buffer.alloc(32)],
    [Buffer.alloc(32), ...path],
    ...(path.length === 0
      ? []
      : [flipped, path.slice(1), path.slice(0, -1), path.map((hash) => hash.subarray(1))]),
  ];
};
const bit = fc.nat({ max: 255 });

test('every leaf of every tree is included by its path, at its index and in its tree alone', () => {
  fc.assert(
    fc.property(treeWithIndex, fc.nat(), bit, ([tree, index], pick, at) => {
      const proof = inclusionOf(tree, index);
      expect(isIncluded(proof)).toBe(true);
      for (const path of spoilt(proof.path, pick, at)) expect(isIncluded({ ...proof, path })).toBe(false);
      const other = tree.length === 1 ? -1 : (index + 1 + (pick % (tree.length - 1))) % tree.length;
      const moved = isIncluded({ ...proof, index: other });
      // Equal neighbours are at each other's place too.
      if (moved) expect(hashLeaf(tree[other] ?? Buffer.alloc(0))).toEqual(proof.leaf);
      for (const wrong of [tree.length, -1, 0.5, Number.NaN, 2 ** 53])
        expect(isIncluded({ ...proof, index: wrong })).toBe(false);
      for (const treeSize of [0, -1, 0.5, index]) expect(isIncluded({ ...proof, treeSize })).toBe(false);
      expect(isIncluded({ ...proof, root: Buffer.alloc(32) })).toBe(false);
      expect(isIncluded({ ...proof, leaf: Buffer.alloc(32) })).toBe(false);
    }),
    { numRuns: 300 },
  );
});

test('every tree begins with each smaller one by its proof, and by no other', () => {
  fc.assert(
    fc.property(treeWithIndex, fc.nat(), bit, ([tree, index], pick, at) => {
      const proof = consistencyOf(tree, index + 1);
      expect(isConsistent(proof)).toBe(true);
      for (const path of spoilt(proof.path, pick, at)) expect(isConsistent({ ...proof, path })).toBe(false);
      for (const size1 of [0, -1, 0.5, tree.length + 1])
        expect(isConsistent({ ...proof, size1 })).toBe(false);
      for (const size2 of [0, -1, index]) expect(isConsistent({ ...proof, size2 })).toBe(false);
      expect(isConsistent({ ...proof, root1: Buffer.alloc(32) })).toBe(false);
      expect(isConsistent({ ...proof, root2: Buffer.alloc(32) })).toBe(false);
    }),
    { numRuns: 300 },
  );
});

test('a tree of size 0 includes nothing and proves nothing', () => {
  const root = rootOf([]);
  const leaf = hashLeaf(Buffer.alloc(0));
  expect(isIncluded({ leaf, index: 0, treeSize: 0, root, path: [] })).toBe(false);
  expect(isIncluded({ leaf: root, index: 0, treeSize: 0, root, path: [] })).toBe(false);
  expect(isConsistent({ size1: 0, root1: root, size2: 0, root2: root, path: [] })).toBe(false);
  expect(isConsistent({ size1: 0, root1: root, size2: 1, root2: leaf, path: [] })).toBe(false);
});
