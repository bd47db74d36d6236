import type { Inspector } from '../inspector.ts';
import { parseChecksums, parseRecord, parseRequirements } from '../parsers/parse-lists.ts';
import { recordNames } from '../parsers/record-names.ts';
import { baseName } from '../text/head-text.ts';
import { inspectTrees } from '../tree/inspect-trees.ts';

export const record: Inspector = {
  id: 'record',
  title: 'RECORD of a wheel: rows by path',
  recognises: (name) => /(?:^|\/)[^/]+\.dist-info\/RECORD$/.test(name) || name === 'RECORD',
  inspect: (a, b, work) =>
    inspectTrees(a, b, work, recordNames, ({ utf8 }, builder) => parseRecord(utf8, builder)),
};

export const checksums: Inspector = {
  id: 'checksums',
  title: 'Lists of checksums (md5sums, SHA256SUMS): digests by path',
  recognises: (name) => /^(?:md5sums|(?:md5|sha(?:1|224|256|384|512))sums?(?:\.txt)?)$/i.test(baseName(name)),
  inspect: (a, b, work) =>
    inspectTrees(a, b, work, recordNames, ({ utf8 }, builder) => parseChecksums(utf8, builder)),
};

export const requirements: Inspector = {
  id: 'requirements',
  title: 'requirements.txt and requires.txt of Python: what is asked for, by name',
  recognises: (name) => /^(?:.*requirements.*|requires)\.txt$/i.test(baseName(name)),
  inspect: (a, b, work) =>
    inspectTrees(a, b, work, recordNames, ({ utf8 }, builder) => parseRequirements(utf8, builder)),
};
