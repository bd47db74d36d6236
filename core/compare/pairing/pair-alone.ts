import { isStream, type ContentFacts, type Entry } from '#core/archive/entry.ts';
import { compareText, inEitherOrder } from './name-order.ts';
import type { NameShapes } from './name-shape.ts';
import type { PairedBy, Renames } from './renames.ts';

function baseOf({ name }: Entry): string {
  return name.slice(name.replace(/\/$/, '').lastIndexOf('/') + 1);
}

function group(entries: readonly Entry[], keyOf: (entry: Entry) => string | undefined): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const key = keyOf(entry);
    if (key === undefined) continue;
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [entry]);
    else members.push(entry);
  }
  return groups;
}

/** What an archive, stream or content decodes to in the end. */
export function innermost(entry: Entry): { readonly id: string; readonly content: ContentFacts } | undefined {
  let [{ id }, { content }] = [entry, entry];
  while (content?.archive !== undefined && isStream(content.archive.format)) {
    const inner = content.archive.entries[0];
    if (inner === undefined) break;
    ({ id, content } = inner);
  }
  return content === undefined ? undefined : { id, content };
}

/** Members of two archives that have no like by name. */
export interface Alone {
  readonly a: readonly Entry[];
  readonly b: readonly Entry[];
}

/** Pairs members by what is known of them without another look at their contents. Order of members decides nothing. */
export class AlonePairs {
  readonly #renames: Renames;
  readonly #shapes: NameShapes;
  readonly #all: readonly Entry[];
  #alone: Alone;

  constructor(alone: Alone, renames: Renames, shapes: NameShapes) {
    const sorted = (entries: readonly Entry[]) =>
      [...entries].sort((one, other) => compareText(one.key, other.key));
    this.#alone = { a: sorted(alone.a), b: sorted(alone.b) };
    this.#all = this.#alone.a;
    this.#renames = renames;
    this.#shapes = shapes;
  }

  /** Those that are still in no pair, sorted by name. */
  get left(): Alone {
    const free = (entry: Entry) => this.#renames.isFree(entry);
    this.#alone = { a: this.#alone.a.filter(free), b: this.#alone.b.filter(free) };
    return this.#alone;
  }

  /** The same content: first of those whose names are alike, then of those with the same last name, then in order. */
  bySameContent(): void {
    const detail = 'the same content under another name';
    const contentOf = ({ type, content, fields }: Entry) => {
      if (content !== undefined) return `${type} ${content.sha256}`;
      return fields['link'] === undefined ? undefined : `${type} ${fields['link']}`;
    };
    const says = (entry: Entry) => (entry.content?.size ?? 0) > 0;
    const both = (other: (entry: Entry) => string | undefined) => (entry: Entry) => {
      const [content, key] = [contentOf(entry), other(entry)];
      return content === undefined || key === undefined ? undefined : `${content} ${key}`;
    };
    this.#inOrder(
      both((entry) => this.#shapes.of(entry.name)),
      'content',
      detail,
    );
    this.#inOrder(both(baseOf), 'content', detail);
    // Nothing, and a link to the same place, are too much alike to tell.
    this.#inOrder((entry) => (says(entry) ? contentOf(entry) : undefined), 'content', detail);
  }

  /** Names that are the same but for values of known kinds, where only one member of each side has such a name. */
  byName(): void {
    const detail = 'the names differ by such values as times, versions and digests alone';
    const keyOf = ({ name, type }: Entry) => {
      const shape = this.#shapes.of(name);
      return shape === undefined ? undefined : `${type} ${shape}`;
    };
    const { a, b } = this.left;
    const groupsB = group(b, keyOf);
    for (const [key, [one, ...more]] of group(a, keyOf)) {
      const [other, ...others] = groupsB.get(key) ?? [];
      if (one === undefined || other === undefined || more.length + others.length > 0) continue;
      this.#renames.add({ a: one, b: other, by: 'name', detail });
    }
  }

  /** Members of folders that have another name, as pairs found so far tell. */
  byFolder(): void {
    const { a, b } = this.left;
    if (a.length === 0 || b.length === 0) return;
    const folders = this.#renamedFolders();
    if (folders.size === 0) return;
    const namesB = group(b, ({ name, type }) => `${type} ${name}`);
    const found: { readonly a: Entry; readonly b: Entry; readonly rank: number; readonly names: string }[] =
      [];
    for (const one of a) {
      for (let end = one.name.indexOf('/'); end !== -1; end = one.name.indexOf('/', end + 1)) {
        const folder = folders.get(one.name.slice(0, end));
        if (folder === undefined) continue;
        const [other, ...others] = namesB.get(`${one.type} ${folder.name}${one.name.slice(end)}`) ?? [];
        if (other === undefined || others.length > 0) continue;
        found.push({ a: one, b: other, rank: folder.rank, names: inEitherOrder(one.key, other.key) });
      }
    }
    found.sort((one, other) => one.rank - other.rank || compareText(one.names, other.names));
    for (const { a: one, b: other } of found) {
      this.#renames.add({ a: one, b: other, by: 'folder', detail: 'its folder has another name' });
    }
  }

  #inOrder(keyOf: (entry: Entry) => string | undefined, by: PairedBy, detail: string): void {
    const { a, b } = this.left;
    const groupsB = group(b, keyOf);
    for (const [key, own] of group(a, keyOf)) {
      const others = groupsB.get(key) ?? [];
      for (const [at, one] of own.entries()) {
        const other = others[at];
        if (other === undefined) break;
        this.#renames.add({ a: one, b: other, by, detail });
      }
    }
  }

  /** Folders of the first side, each with the one of the second that most of its members are in now. */
  #renamedFolders(): Map<string, { readonly name: string; readonly rank: number }> {
    const votes = new Map<string, { readonly heads: readonly [string, string]; count: number }>();
    for (const one of this.#all) {
      const rename = this.#renames.of(one);
      const heads = rename === undefined ? undefined : differingHeads(one.name, rename.b.name);
      if (heads === undefined) continue;
      const key = heads.join('\0');
      const vote = votes.get(key) ?? { heads, count: 0 };
      votes.set(key, vote);
      vote.count += 1;
    }
    const sorted = [...votes.values()]
      .map(({ heads, count }) => ({ heads, count, names: inEitherOrder(...heads) }))
      .sort((one, other) => other.count - one.count || compareText(one.names, other.names));
    const folders = new Map<string, { name: string; rank: number }>();
    const taken = new Set<string>();
    for (const [rank, { heads }] of sorted.entries()) {
      const [own, name] = heads;
      if (folders.has(own) || taken.has(name)) continue;
      folders.set(own, { name, rank });
      taken.add(name);
    }
    return folders;
  }
}

/** Two names without the folders and last name that they end with both; undefined where the last names differ. */
function differingHeads(a: string, b: string): readonly [string, string] | undefined {
  const [one, other] = [a.split('/'), b.split('/')];
  if (one.at(-1) !== other.at(-1)) return undefined;
  while (one.length > 1 && other.length > 1 && one.at(-1) === other.at(-1)) {
    one.pop();
    other.pop();
  }
  // One of the two ends where the other goes on: a folder more, of which there is no counterpart.
  return one.at(-1) === other.at(-1) ? undefined : [one.join('/'), other.join('/')];
}
