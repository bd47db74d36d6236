import type { TreeBuilder, TreeNode } from '../tree/tree.ts';

const depthMax = 128;
const numbers = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const literals = /true|false|null/y;
const spaces = /[ \t\r\n]*/y;

/** Not JSON, or nested too deep. */
class NotJson extends Error {}

/**
 * One JSON text (RFC 8259) as a tree, strictly; undefined where it is none. Nothing is lost: members of one name are all
 * there, numbers are their digits, and how a text is spelled is told apart from what it says. The label of a member is
 * its name behind a dot, that of an element is empty.
 * @throws WorkSpent, TreeTooLarge
 */
export function parseJson(utf8: string, builder: TreeBuilder): TreeNode | undefined {
  try {
    return new JsonParser(utf8, builder).parse();
  } catch (error) {
    if (error instanceof NotJson) return undefined;
    throw error;
  }
}

class JsonParser {
  readonly #text: string;
  readonly #builder: TreeBuilder;
  #at = 0;

  constructor(text: string, builder: TreeBuilder) {
    this.#text = text;
    this.#builder = builder;
  }

  parse(): TreeNode {
    const before = this.#take(spaces);
    const root = this.#value('', before, 0);
    const after = this.#take(spaces);
    if (this.#at !== this.#text.length) throw new NotJson();
    // White space around it all has no node of its own.
    return this.#builder.branch(
      { label: '', start: 0, gap: '', children: [root] },
      this.#at,
      after,
      'r',
      true,
    );
  }

  #value(label: string, gap: string, depth: number): TreeNode {
    const start = this.#at;
    const first = this.#text[start];
    if (first === '{' || first === '[') return this.#branch(label, gap, depth, first);
    if (first === '"') {
      const { kind, value } = said(this.#string());
      return this.#builder.leaf(label, gap, start, this.#at, kind, value);
    }
    const word = this.#take(literals) || this.#take(numbers);
    if (word === '') throw new NotJson();
    return this.#builder.leaf(label, gap, start, this.#at, 'n', word);
  }

  #branch(label: string, gap: string, depth: number, open: '{' | '['): TreeNode {
    if (depth >= depthMax) throw new NotJson();
    const start = this.#at;
    const isObject = open === '{';
    const close = isObject ? '}' : ']';
    const children: TreeNode[] = [];
    this.#at += 1;
    let before = this.#take(spaces);
    while (children.length > 0 || this.#text[this.#at] !== close) {
      const key = isObject ? this.#key() : { label: '', gap: '' };
      children.push(this.#value(key.label, before + key.gap, depth + 1));
      const behind = this.#take(spaces);
      if (this.#text[this.#at] === close) {
        before = behind;
        break;
      }
      if (this.#text[this.#at] !== ',') throw new NotJson();
      this.#at += 1;
      const ahead = this.#take(spaces);
      // White space before a comma is rare; the comma tells it from that behind.
      before = behind === '' ? ahead : `${behind},${ahead}`;
    }
    this.#at += 1;
    const branch = { label, start, gap, children };
    return this.#builder.branch(branch, this.#at, before, isObject ? 'o' : 'a', !isObject);
  }

  #key(): { label: string; gap: string } {
    const raw = this.#string();
    const { kind, value } = said(raw);
    const before = this.#take(spaces);
    if (this.#text[this.#at] !== ':') throw new NotJson();
    this.#at += 1;
    const spelled = raw.includes('\\') ? raw : '';
    const label = `.${kind === 's' ? value : raw}`;
    return { label, gap: `${spelled}${before}:${this.#take(spaces)}` };
  }

  /** The string here, quotes included. */
  #string(): string {
    const start = this.#at;
    if (this.#text[start] !== '"') throw new NotJson();
    for (let at = start + 1; at < this.#text.length; at += 1) {
      const code = this.#text.charCodeAt(at);
      if (code === 0x22) {
        this.#at = at + 1;
        return this.#text.slice(start, this.#at);
      }
      if (code < 0x20) throw new NotJson();
      if (code === 0x5c) at += 1;
    }
    throw new NotJson();
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const taken = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += taken.length;
    return taken;
  }
}

/** What a string says. A lone surrogate has no form in UTF-8, so that such a string says what is written. */
function said(raw: string): { kind: 's' | 'w'; value: string } {
  if (!raw.includes('\\')) return { kind: 's', value: raw.slice(1, -1) };
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(raw, 'latin1').toString('utf8'));
  } catch {
    throw new NotJson();
  }
  if (typeof value !== 'string' || !value.isWellFormed()) return { kind: 'w', value: raw };
  return { kind: 's', value: Buffer.from(value, 'utf8').toString('latin1') };
}
