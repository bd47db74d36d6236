import type { ContentFacts, Entry } from '#core/archive/entry.ts';
import type { ComparisonFacts } from '#core/compare/facts.ts';
import { nameLines } from './name-lines.ts';

/** The hash in main.3f2a9c1d.js, chunk-BYtUIy5Q.mjs and style-a1b2c3d4e5f6.css. */
export const hashInName =
  /(?<=[A-Za-z0-9][.\-_])(?=[A-Za-z_-]{0,20}\d)(?:[0-9a-f]{6,64}|[A-Za-z0-9_-]{8,22})(?=\.[a-z0-9]{1,8}(?:\.(?:map|gz|br|txt))?(?![\w]))/g;

const digest = /[0-9a-f]{32,128}/g;
const word = /[\w.+@~%-]{6,255}/g;
const wordMin = 6;
const pairsMax = 20_000;

/** A content descriptor, OCI image specification: a digest beside a size. */
const digestThenSize =
  /("digest"\s{0,9}:\s{0,9}"sha256:)([0-9a-f]{64})("\s{0,9},\s{0,9}"size"\s{0,9}:\s{0,9})(\d{1,20})/g;
const sizeThenDigest =
  /("size"\s{0,9}:\s{0,9})(\d{1,20})(\s{0,9},\s{0,9}"digest"\s{0,9}:\s{0,9}"sha256:)([0-9a-f]{64})/g;

/** Texts of the second file, each with the one of the first that stands for the same thing: one for one. */
class Pairs {
  readonly #ofB = new Map<string, string | undefined>();
  readonly #ofA = new Map<string, string | undefined>();

  get size(): number {
    return this.#ofB.size;
  }

  get(b: string): string | undefined {
    return this.#ofB.get(b);
  }

  /** A text that would stand for two stands for none. */
  add(a: string, b: string): void {
    if (a === b || this.#ofB.size >= pairsMax) return;
    if (!this.#ofB.has(b) && !this.#ofA.has(a)) {
      this.#ofB.set(b, a);
      this.#ofA.set(a, b);
      return;
    }
    const [otherA, otherB] = [this.#ofB.get(b), this.#ofA.get(a)];
    if (otherA === a) return;
    for (const text of [a, otherA]) if (text !== undefined) this.#ofA.set(text, undefined);
    for (const text of [b, otherB]) if (text !== undefined) this.#ofB.set(text, undefined);
  }
}

function addAll(pairs: Pairs, a: string, b: string, pattern: RegExp): void {
  const [found, others] = [a.match(pattern) ?? [], b.match(pattern) ?? []];
  if (found.length !== others.length) return;
  for (const [at, text] of found.entries()) pairs.add(text, others[at] ?? text);
}

function baseOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/**
 * What the two files call by other names though it is one thing to each: members that have another name, and contents by
 * their digests. A text that differs by these alone differs because what it names does.
 */
export class Renamings {
  readonly #digests = new Pairs();
  readonly #words = new Pairs();
  /** By the digest that the first file's text has: how many bytes that is of. */
  readonly #sizes = new Map<string, number>();

  constructor(facts: ComparisonFacts) {
    for (const { path, pathB, entryA, entryB, kind } of facts.deltas) {
      if (kind === 'renamed') addAll(this.#digests, path.at(-1) ?? '', pathB?.at(-1) ?? '', digest);
      if (kind === 'renamed' || kind === 'content' || kind === 'metadata') this.#addContents(entryA, entryB);
    }
    for (const { a, b } of nameLines(facts)) {
      addAll(this.#words, a, b, hashInName);
      if (Math.min(baseOf(a).length, baseOf(b).length) >= wordMin) this.#words.add(baseOf(a), baseOf(b));
    }
  }

  /** The digests of what is in a stream, too: an image's configuration has those of its layers unpacked. */
  #addContents(entryA: Entry | undefined, entryB: Entry | undefined): void {
    let [a, b]: (ContentFacts | undefined)[] = [entryA?.content, entryB?.content];
    for (let depth = 0; a !== undefined && b !== undefined && depth < 4; depth += 1) {
      this.#digests.add(a.sha256, b.sha256);
      this.#sizes.set(a.sha256, a.size);
      [a, b] = [a.archive?.entries[0]?.content, b.archive?.entries[0]?.content];
    }
  }

  /** A text of the second file with the digests of the first; with sizes that stand beside them. */
  withDigests(text: string): string {
    if (this.#digests.size === 0) return text;
    const size = (key: string, own: string) => {
      const known = this.#digests.get(key);
      return String((known === undefined ? undefined : this.#sizes.get(known)) ?? own);
    };
    return text
      .replaceAll(digestThenSize, (_, head: string, key: string, middle: string, own: string) =>
        [head, key, middle, size(key, own)].join(''),
      )
      .replaceAll(sizeThenDigest, (_, head: string, own: string, middle: string, key: string) =>
        [head, size(key, own), middle, key].join(''),
      )
      .replaceAll(digest, (found) => this.#digests.get(found) ?? found);
  }

  /** The same with names of members, and the hashes in them. */
  withNames(text: string): string {
    const replaced = this.withDigests(text);
    if (this.#words.size === 0) return replaced;
    return replaced.replaceAll(word, (found) => this.#words.get(found) ?? found);
  }
}
