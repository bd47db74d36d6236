import type { TreeBranch, TreeBuilder, TreeNode } from '../tree/tree.ts';

export interface Line {
  /** Without its end. */
  readonly text: string;
  readonly start: number;
  /** Behind its end. */
  readonly end: number;
}

/** The lines of a text (`Text.utf8`). */
export function* linesOf(utf8: string): Generator<Line> {
  for (let start = 0; start < utf8.length;) {
    const feed = utf8.indexOf('\n', start);
    const end = feed === -1 ? utf8.length : feed + 1;
    const text = utf8.slice(start, feed === -1 ? end : feed);
    yield { text: text.endsWith('\r') ? text.slice(0, -1) : text, start, end };
    start = end;
  }
}

/** A record that may go on in the next lines. */
interface OpenRecord {
  readonly label: string;
  readonly kind: string;
  readonly start: number;
  end: number;
  value: string;
}

/**
 * Puts records together to a tree: those of the file itself first, then groups with records of their own. A record is all
 * of its lines, ends included; what no record has (empty lines) belongs to the next one as spelling.
 */
export class RecordTree {
  readonly #utf8: string;
  readonly #builder: TreeBuilder;
  readonly #root: TreeBranch = { label: '', start: 0, gap: '', children: [] };
  #group: TreeBranch | undefined;
  #record: OpenRecord | undefined;
  /** Behind the last byte that a record has. */
  #end = 0;

  constructor(utf8: string, builder: TreeBuilder) {
    this.#utf8 = utf8;
    this.#builder = builder;
  }

  get hasRecord(): boolean {
    return this.#record !== undefined;
  }

  add(label: string, value: string, { start, end }: Line, kind = 'v'): void {
    this.#closeRecord();
    this.#record = { label, value, kind, start, end };
  }

  /** Another line of the last record. */
  extend(more: string, end: number): void {
    if (this.#record === undefined) return;
    this.#builder.count(more.length);
    this.#record.value += more;
    this.#record.end = end;
  }

  /** Opens a group, with its own line where it has one; without a label it is called after its first record. */
  open(label: string, start: number, end: number): void {
    this.closeGroup();
    const gap = `${this.#utf8.slice(this.#end, start)}\0${this.#utf8.slice(start, end)}`;
    this.#group = { label, start, gap, children: [] };
    this.#end = end;
  }

  closeGroup(): void {
    this.#closeRecord();
    if (this.#group === undefined) return;
    const [first] = this.#group.children;
    const label = this.#group.label || `${first?.label ?? ''}: ${first?.value ?? ''}`;
    this.#root.children.push(this.#builder.branch({ ...this.#group, label }, this.#end, '', 'g', true));
    this.#group = undefined;
  }

  finish(): TreeNode {
    this.closeGroup();
    const tail = this.#utf8.slice(this.#end);
    return this.#builder.branch(this.#root, this.#utf8.length, tail, 'r', true);
  }

  #closeRecord(): void {
    if (this.#record === undefined) return;
    const { label, value, kind, start, end } = this.#record;
    const gap = this.#utf8.slice(this.#end, start);
    const { children } = this.#group ?? this.#root;
    children.push(this.#builder.leaf(label, gap, start, end, kind, value));
    this.#end = end;
    this.#record = undefined;
  }
}
