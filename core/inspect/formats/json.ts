import type { Inspector } from '../inspector.ts';
import { parseJson } from '../parsers/parse-json.ts';
import { headText } from '../text/head-text.ts';
import { readableLabel } from '../text/decode-text.ts';
import type { TreeNames } from '../tree/diff-trees.ts';
import { inspectTrees } from '../tree/inspect-trees.ts';

/** A JSONPath (RFC 9535), of `a`'s places; a member that is there more than once also says which it is. */
const names: TreeNames = {
  root: '',
  nameOf(parent, { label }, ordinal, { ordinal: same, count }) {
    if (parent === '') return '$';
    if (label === '') return `${parent}[${ordinal}]`;
    const key = keyOf(label);
    const step = /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
    return `${parent}${step}${count > 1 ? ` (${same + 1} of ${count})` : ''}`;
  },
  labelOf: keyOf,
};

/** Labels of members begin with a dot, those of elements are empty. */
function keyOf(label: string): string {
  return readableLabel(label.slice(1));
}

export const json: Inspector = {
  id: 'json',
  title: 'JSON: members and elements by their path, order of members, spelling',
  recognises: (name, head) => /\.json$/i.test(name) || /^[{[]/.test(headText(head)),
  inspect: (a, b, work) => inspectTrees(a, b, work, names, ({ utf8 }, builder) => parseJson(utf8, builder)),
};
