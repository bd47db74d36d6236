import type { TreeBuilder, TreeNode } from '../tree/tree.ts';
import { bodyLabel } from './record-names.ts';
import { linesOf, RecordTree, type Line } from './records.ts';

/** `Key: value`; RFC 5322 2.2 allows these characters in a key. */
const header = /^([!-9;-~]{1,200}):[ \t]?(.*)$/s;

export interface HeaderDialect {
  /** What a continued value is joined by; its line begins with a space, which counts only where this is not empty. */
  readonly joint: string;
  /** What stands behind the first empty line: more groups of headers, or a text of its own. */
  readonly behind: 'groups' | 'body';
}

/**
 * Lines of `Key: value` as records: core metadata of Python, control files of Debian, manifests of Java. Undefined where a
 * line is no header. @throws WorkSpent, TreeTooLarge
 */
export function parseHeaders(
  utf8: string,
  builder: TreeBuilder,
  dialect: HeaderDialect,
): TreeNode | undefined {
  const tree = new RecordTree(utf8, builder);
  let between = false;
  let body = false;
  let records = 0;
  for (const line of linesOf(utf8)) {
    if (body) {
      tree.add('', line.text, line);
      continue;
    }
    if (line.text === '') {
      between = true;
      continue;
    }
    if (between && records > 0) {
      if (dialect.behind === 'body') {
        body = true;
        tree.open(bodyLabel, line.start, line.start);
        tree.add('', line.text, line);
        continue;
      }
      tree.open('', line.start, line.start);
    }
    if (!addHeader(tree, line, between, dialect)) return undefined;
    records += 1;
    between = false;
  }
  return records === 0 ? undefined : tree.finish();
}

function addHeader(tree: RecordTree, line: Line, between: boolean, { joint }: HeaderDialect): boolean {
  if (line.text.startsWith(' ') || line.text.startsWith('\t')) {
    if (between || !tree.hasRecord) return false;
    tree.extend(joint === '' ? line.text.slice(1) : `${joint}${line.text}`, line.end);
    return true;
  }
  const [, key, value] = header.exec(line.text) ?? [];
  if (key === undefined || value === undefined) return false;
  tree.add(key, value, line);
  return true;
}
