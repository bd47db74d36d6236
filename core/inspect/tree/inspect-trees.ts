import type { Inspection } from '../inspector.ts';
import { decodeText, type Text } from '../text/decode-text.ts';
import type { Work } from '../work.ts';
import { diffTrees, type TreeNames } from './diff-trees.ts';
import { TreeBuilder, TreeTooLarge, type TreeNode } from './tree.ts';

/** Larger contents are not held as trees. */
const bytesMax = 8 * 1024 ** 2;

/**
 * A look inside two texts of a structured format. Undefined where one of them is not of that format, or too large to be
 * held as a tree. @throws WorkSpent
 */
export function inspectTrees(
  a: Uint8Array,
  b: Uint8Array,
  work: Work,
  names: TreeNames,
  parse: (text: Text, builder: TreeBuilder) => TreeNode | undefined,
): Inspection | undefined {
  if (Math.max(a.byteLength, b.byteLength) > bytesMax) return undefined;
  const textA = decodeText(a, work);
  const textB = textA && decodeText(b, work);
  if (textA === undefined || textB === undefined) return undefined;
  const builder = new TreeBuilder(work);
  try {
    const rootA = parse(textA, builder);
    const rootB = rootA && parse(textB, builder);
    if (rootA === undefined || rootB === undefined) return undefined;
    const swapped = Buffer.compare(a, b) > 0;
    return diffTrees({ text: textA, root: rootA }, { text: textB, root: rootB }, names, swapped, work);
  } catch (error) {
    if (error instanceof TreeTooLarge) return undefined;
    throw error;
  }
}
