import type { TreeBuilder, TreeNode } from '../tree/tree.ts';
import { commentLabel } from './record-names.ts';
import { linesOf, RecordTree, type Line } from './records.ts';

const pathMax = 16_384;

/** Makes a record of one line; false where it is none of this format. */
type AddLine = (tree: RecordTree, line: Line) => boolean;

function parseLines(utf8: string, builder: TreeBuilder, add: AddLine): TreeNode | undefined {
  const tree = new RecordTree(utf8, builder);
  let records = 0;
  for (const line of linesOf(utf8)) {
    if (line.text.trim() === '') continue;
    if (!add(tree, line)) return undefined;
    records += 1;
  }
  return records === 0 ? undefined : tree.finish();
}

/** The place of the quote that ends a field that begins with one, -1 where no comma is behind it: two in a row are one. */
function quotedEnd(text: string): number {
  let at = text.indexOf('"', 1);
  while (at !== -1 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return text[at + 1] === ',' ? at : -1;
}

/**
 * RECORD of a wheel: a row of path, digest and size for each file.
 * https://packaging.python.org/specifications/recording-installed-packages/ @throws WorkSpent, TreeTooLarge
 */
export function parseRecord(utf8: string, builder: TreeBuilder): TreeNode | undefined {
  return parseLines(utf8, builder, (tree, line) => {
    const quoted = line.text.startsWith('"');
    const end = quoted ? quotedEnd(line.text) : line.text.indexOf(',');
    if (end <= 0 || end > pathMax) return false;
    const path = quoted ? line.text.slice(1, end).replaceAll('""', '"') : line.text.slice(0, end);
    tree.add(path, line.text.slice(end + (quoted ? 2 : 1)), line);
    return true;
  });
}

/** `digest  path`, as md5sum and sha256sum write it. @throws WorkSpent, TreeTooLarge */
export function parseChecksums(utf8: string, builder: TreeBuilder): TreeNode | undefined {
  return parseLines(utf8, builder, (tree, line) => {
    const [, digest, path] = /^\\?([0-9a-fA-F]{32,128}) [ *]?(.+)$/s.exec(line.text) ?? [];
    if (digest === undefined || path === undefined) return false;
    tree.add(path, digest, line);
    return true;
  });
}

/** Requirements of pip: names with what is asked of them, options, comments. @throws WorkSpent, TreeTooLarge */
export function parseRequirements(utf8: string, builder: TreeBuilder): TreeNode | undefined {
  return parseLines(utf8, builder, (tree, line) => {
    const text = line.text.trim();
    if (text.startsWith('#')) tree.add(commentLabel, text, line);
    else {
      const [name = text] = /^(?:[A-Za-z0-9][\w.-]*|\[[^\]]*\])/.exec(text) ?? [];
      tree.add(name, text.slice(name.length).trim(), line);
    }
    return true;
  });
}
