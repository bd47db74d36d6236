import type { TreeBuilder, TreeNode } from '../tree/tree.ts';
import { commentLabel } from './record-names.ts';
import { linesOf, RecordTree } from './records.ts';

/** Whether the end of a line is escaped: an odd number of backslashes stands before it. */
function goesOn(text: string): boolean {
  let at = text.length;
  while (at > 0 && text[at - 1] === '\\') at -= 1;
  return (text.length - at) % 2 === 1;
}

/** Where the key of a line ends: at the first `=`, `:` or white space that is not escaped. */
function keyEnd(text: string): number {
  let at = 0;
  while (at < text.length && !/[=: \t\f]/.test(text[at] ?? '')) at += text[at] === '\\' ? 2 : 1;
  return Math.min(at, text.length);
}

/**
 * Properties of Java as records: https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/Properties.html
 * Comments are records too: the first one often is the time of the build. @throws WorkSpent, TreeTooLarge
 */
export function parseProperties(utf8: string, builder: TreeBuilder): TreeNode | undefined {
  const tree = new RecordTree(utf8, builder);
  let open = false;
  for (const line of linesOf(utf8)) {
    const text = line.text.replace(/^[ \t\f]+/, '');
    if (open) {
      const more = goesOn(text);
      tree.extend(more ? text.slice(0, -1) : text, line.end);
      open = more;
    } else if (/^[#!]/.test(text)) tree.add(commentLabel, text, line);
    else if (text !== '') {
      open = goesOn(text);
      const whole = open ? text.slice(0, -1) : text;
      const end = keyEnd(whole);
      tree.add(whole.slice(0, end), whole.slice(end).replace(/^[ \t\f]*[=:]?[ \t\f]*/, ''), line);
    }
  }
  return tree.finish();
}
