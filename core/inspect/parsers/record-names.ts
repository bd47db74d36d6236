import { readableLabel } from '../text/decode-text.ts';
import type { TreeNames } from '../tree/diff-trees.ts';

/** Labels of what has no key of its own. */
export const commentLabel = '#';
export const bodyLabel = '\nbody';

/** Records by their key, those of a group behind its name. */
export const recordNames: TreeNames = {
  root: '',
  nameOf(parent, { label }, ordinal, { ordinal: same, count }) {
    if (label === '') return `${parent}, line ${ordinal + 1}`;
    const place = count > 1 && label === commentLabel ? ` ${same + 1}` : '';
    const name = `${labelOf(label)}${place}`;
    return parent === '' ? name : `${parent} › ${name}`;
  },
  labelOf,
};

function labelOf(label: string): string {
  if (label === commentLabel) return 'comment';
  return label === bodyLabel ? 'body' : readableLabel(label);
}
