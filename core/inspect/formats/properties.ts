import type { Inspector } from '../inspector.ts';
import { parseProperties } from '../parsers/parse-properties.ts';
import { recordNames } from '../parsers/record-names.ts';
import { inspectTrees } from '../tree/inspect-trees.ts';

export const properties: Inspector = {
  id: 'properties',
  title: 'Properties of Java: values by key, comments',
  recognises: (name) => /\.properties$/i.test(name),
  inspect: (a, b, work) =>
    inspectTrees(a, b, work, recordNames, ({ utf8 }, builder) => parseProperties(utf8, builder)),
};
