import type { Inspector } from '../inspector.ts';
import { parseXml } from '../parsers/parse-xml.ts';
import { readableLabel } from '../text/decode-text.ts';
import { headText } from '../text/head-text.ts';
import type { TreeNames } from '../tree/diff-trees.ts';
import { inspectTrees } from '../tree/inspect-trees.ts';

/** A path like XPath's, of `a`'s places. An element's text has the name of the element. */
const names: TreeNames = {
  root: '',
  nameOf(parent, { label }, _ordinal, { ordinal, count }) {
    const place = count > 1 ? `[${ordinal + 1}]` : '';
    if (label === '#text') return count > 1 ? `${parent}/text()${place}` : parent;
    return `${parent}/${labelOf(label)}${place}`;
  },
  labelOf,
};

function labelOf(label: string): string {
  if (label.startsWith('#')) return `${label.slice(1)}()`;
  return label.startsWith('?')
    ? `processing-instruction(${readableLabel(label.slice(1))})`
    : readableLabel(label);
}

export const xml: Inspector = {
  id: 'xml',
  title: 'XML: elements, attributes and texts by their path, order, spelling',
  recognises: (_name, head) => /^<[?!A-Za-z_]/.test(headText(head)),
  inspect: (a, b, work) => inspectTrees(a, b, work, names, ({ utf8 }, builder) => parseXml(utf8, builder)),
};
