import type { Inspector } from '../inspector.ts';
import { parseIni } from '../parsers/parse-ini.ts';
import { recordNames } from '../parsers/record-names.ts';
import { baseName, headText } from '../text/head-text.ts';
import { inspectTrees } from '../tree/inspect-trees.ts';

export const ini: Inspector = {
  id: 'ini',
  title: 'INI, entry_points.txt, setup.cfg, desktop files: keys by section, comments',
  recognises: (name, head) =>
    /^(?:entry_points\.txt|.+\.(?:ini|cfg|desktop|service|conf|inf))$/i.test(baseName(name)) ||
    (name === '' && /^\[[\w .:-]{1,80}\]\s*$/m.test(headText(head).split('\n', 1)[0] ?? '')),
  inspect: (a, b, work) =>
    inspectTrees(a, b, work, recordNames, ({ utf8 }, builder) => parseIni(utf8, builder)),
};
