import type { TreeBranch, TreeBuilder, TreeNode } from '../tree/tree.ts';

const depthMax = 128;
/** References in one text that are looked up. */
const referencesMax = 10_000;
const spaces = /[ \t\r\n]*/y;
const names = /[A-Za-z_:\x80-\xff][\w:.\-\x80-\xff]*/y;
const onlySpace = /^[ \t\r\n]*$/;
const references = /&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(\w{1,40}));/g;
const predefined: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Not well-formed as far as this parser looks, or nested too deep. */
class NotXml extends Error {}

/**
 * An XML document as a tree: attributes are labelled `@name`, texts `#text`, comments `#comment`, processing instructions
 * `?target`, the document type `#doctype`. No entity is expanded but the predefined ones and characters, and no DTD is
 * read. White space between elements is spelling. Undefined where it is not well-formed. https://www.w3.org/TR/xml/
 * @throws WorkSpent, TreeTooLarge
 */
export function parseXml(utf8: string, builder: TreeBuilder): TreeNode | undefined {
  try {
    return new XmlParser(utf8, builder).parse();
  } catch (error) {
    if (error instanceof NotXml) return undefined;
    throw error;
  }
}

interface OpenElement extends TreeBranch {
  readonly tagEnd: string;
}

class XmlParser {
  readonly #text: string;
  readonly #builder: TreeBuilder;
  readonly #open: OpenElement[] = [];
  #at = 0;

  constructor(text: string, builder: TreeBuilder) {
    this.#text = text;
    this.#builder = builder;
  }

  parse(): TreeNode {
    this.#open.push({ label: '', start: 0, gap: '', children: [], tagEnd: '' });
    let gap = this.#content();
    while (this.#at < this.#text.length) {
      this.#markup(gap);
      gap = this.#content();
    }
    const root = this.#open.pop();
    const elements = root?.children.filter(({ children }) => children !== undefined).length;
    if (root === undefined || this.#open.length > 0 || elements !== 1) throw new NotXml();
    return this.#builder.branch(root, this.#at, gap, 'r', true);
  }

  /** Text up to the next markup: a node, or white space, which is answered. */
  #content(): string {
    const start = this.#at;
    let value = '';
    let plain = true;
    let kind = 't';
    for (;;) {
      const next = this.#text.indexOf('<', this.#at);
      const end = next === -1 ? this.#text.length : next;
      const said = dereference(this.#text.slice(this.#at, end));
      value += said.value;
      if (said.kind !== 't') kind = said.kind;
      this.#at = end;
      if (!this.#text.startsWith('<![CDATA[', end)) break;
      plain = false;
      this.#builder.count(0);
      value += this.#upTo('<![CDATA['.length, ']]>');
    }
    const raw = this.#text.slice(start, this.#at);
    if (plain && onlySpace.test(raw)) return raw;
    // Only white space stands outside the root element.
    if (this.#open.length === 1) throw new NotXml();
    this.#top().children.push(this.#builder.leaf('#text', '', start, this.#at, kind, value));
    return '';
  }

  #markup(gap: string): void {
    const start = this.#at;
    if (this.#text.startsWith('</', start)) this.#close(gap);
    else if (this.#text.startsWith('<!--', start)) this.#leaf('#comment', gap, this.#upTo(4, '-->'), start);
    else if (this.#text.startsWith('<?', start)) {
      const body = this.#upTo(2, '?>');
      const [target = ''] = body.split(/[ \t\r\n]/, 1);
      this.#leaf(`?${target.slice(0, 80)}`, gap, body, start);
    } else if (this.#text.startsWith('<!DOCTYPE', start)) this.#doctype(gap);
    else this.#element(gap);
  }

  #leaf(label: string, gap: string, value: string, start: number): void {
    this.#top().children.push(this.#builder.leaf(label, gap, start, this.#at, label[0] ?? '', value));
  }

  #doctype(gap: string): void {
    const start = this.#at;
    const end = this.#text.indexOf('>', start);
    const subset = this.#text.indexOf('[', start);
    if (subset !== -1 && subset < end) {
      const inner = /\][ \t\r\n]*>/g;
      inner.lastIndex = subset;
      if (inner.exec(this.#text) === null) throw new NotXml();
      this.#at = inner.lastIndex;
    } else if (end === -1) throw new NotXml();
    else this.#at = end + 1;
    this.#leaf('#doctype', gap, this.#text.slice(start, this.#at), start);
  }

  #element(gap: string): void {
    if (this.#open.length > depthMax) throw new NotXml();
    const start = this.#at;
    this.#at += 1;
    const label = this.#take(names);
    if (label === '') throw new NotXml();
    const children: TreeNode[] = [];
    let before = this.#take(spaces);
    while (this.#text[this.#at] !== '>' && this.#text[this.#at] !== '/') {
      if (before === '') throw new NotXml();
      children.push(this.#attribute(before));
      before = this.#take(spaces);
    }
    const empty = this.#text[this.#at] === '/';
    const tagEnd = `${before}${empty ? '/>' : '>'}`;
    if (!this.#text.startsWith(tagEnd.slice(before.length), this.#at)) throw new NotXml();
    this.#at += empty ? 2 : 1;
    const element = { label, start, gap, children, tagEnd };
    if (empty) this.#top().children.push(this.#builder.branch(element, this.#at, tagEnd, 'e', true));
    else this.#open.push(element);
  }

  #attribute(before: string): TreeNode {
    const name = this.#take(names);
    const equals = `${this.#take(spaces)}${this.#text[this.#at] ?? ''}`;
    if (name === '' || !equals.endsWith('=')) throw new NotXml();
    this.#at += 1;
    const behind = this.#take(spaces);
    const quote = this.#text[this.#at];
    if (quote !== '"' && quote !== "'") throw new NotXml();
    const start = this.#at + 1;
    const raw = this.#upTo(1, quote);
    if (raw.includes('<')) throw new NotXml();
    const { kind, value } = dereference(raw);
    const gap = `${before}${equals}${behind}${quote}`;
    return this.#builder.leaf(`@${name}`, gap, start, this.#at - 1, kind, value);
  }

  #close(gap: string): void {
    this.#at += 2;
    const label = this.#take(names);
    const before = this.#take(spaces);
    const element = this.#open.length > 1 ? this.#open.pop() : undefined;
    if (element?.label !== label || this.#text[this.#at] !== '>') throw new NotXml();
    this.#at += 1;
    const tail = `${element.tagEnd}${gap}</${before}`;
    this.#top().children.push(this.#builder.branch(element, this.#at, tail, 'e', true));
  }

  #top(): OpenElement {
    const top = this.#open.at(-1);
    if (top === undefined) throw new NotXml();
    return top;
  }

  /** What stands between an opening of `skip` characters and `end`; goes behind that. */
  #upTo(skip: number, end: string): string {
    const from = this.#at + skip;
    const to = this.#text.indexOf(end, from);
    if (to === -1) throw new NotXml();
    this.#at = to + end.length;
    return this.#text.slice(from, to);
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const taken = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += taken.length;
    return taken;
  }
}

/** What a text with references says; `u`: an entity is not known or there are too many: it says what is written. */
function dereference(raw: string): { kind: 't' | 'u'; value: string } {
  let count = 0;
  for (let at = raw.indexOf('&'); at !== -1; at = raw.indexOf('&', at + 1)) count += 1;
  if (count === 0) return { kind: 't', value: raw };
  if (count > referencesMax) return { kind: 'u', value: raw };
  let known = true;
  const value = raw.replace(references, (reference, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) {
      const character = Object.hasOwn(predefined, name) ? predefined[name] : undefined;
      if (character === undefined) known = false;
      return character ?? reference;
    }
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    if (!isCharacter) known = false;
    return isCharacter ? Buffer.from(String.fromCodePoint(code), 'utf8').toString('latin1') : reference;
  });
  return known ? { kind: 't', value } : { kind: 'u', value: raw };
}
