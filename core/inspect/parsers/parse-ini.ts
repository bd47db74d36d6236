import type { TreeBuilder, TreeNode } from '../tree/tree.ts';
import { commentLabel } from './record-names.ts';
import { linesOf, RecordTree } from './records.ts';

const section = /^[ \t]*(\[[^\]\n]{0,200}\])[ \t]*$/;
const comment = /^[ \t]*([#;].*)$/s;
const separator = /[=:]/;

/**
 * INI as Python's configparser and desktop files write it: `[section]`, `key = value`, `key`, comments, values that go on
 * in indented lines. Undefined where nothing is in a section. @throws WorkSpent, TreeTooLarge
 */
export function parseIni(utf8: string, builder: TreeBuilder): TreeNode | undefined {
  const tree = new RecordTree(utf8, builder);
  let sections = 0;
  for (const line of linesOf(utf8)) {
    const { text, start, end } = line;
    const [, title] = section.exec(text) ?? [];
    if (title !== undefined) {
      sections += 1;
      tree.open(title, start, end);
    } else if (comment.test(text)) tree.add(commentLabel, text.trim(), line);
    else if (/^[ \t]+\S/.test(text) && tree.hasRecord) tree.extend(`\n${text.trim()}`, end);
    else if (text.trim() !== '') {
      const at = text.search(separator);
      if (at === -1) tree.add(text.trim(), '', line, 'k');
      else tree.add(text.slice(0, at).trim(), text.slice(at + 1).trim(), line);
    }
  }
  return sections === 0 ? undefined : tree.finish();
}
