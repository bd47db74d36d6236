import { excerpt, excerpts } from '../excerpt.ts';
import { PartList } from '../part-list.ts';
import type { Text } from '../text/decode-text.ts';
import type { Inspection } from '../inspector.ts';
import type { Work } from '../work.ts';
import { pairChildren } from './pair-children.ts';
import type { TreeNode } from './tree.ts';

export interface TreeSide {
  readonly text: Text;
  readonly root: TreeNode;
}

/** How a format names what is in a node: `ordinal` counts from 0 among all children, `same` among those of its label. */
export interface TreeNames {
  readonly root: string;
  nameOf(parent: string, child: TreeNode, ordinal: number, same: { ordinal: number; count: number }): string;
  /** A label for people. */
  labelOf(label: string): string;
}

const shownNames = 6;

/** Where two trees disagree. Other spelling of the same is one part, whatever there is of it. @throws WorkSpent */
export function diffTrees(
  a: TreeSide,
  b: TreeSide,
  names: TreeNames,
  swapped: boolean,
  work: Work,
): Inspection {
  const diff = new TreeDiff(a, b, names, swapped, work);
  diff.compareText();
  diff.compare(a.root, b.root, names.root);
  return diff.finish();
}

class TreeDiff {
  readonly #a: TreeSide;
  readonly #b: TreeSide;
  readonly #names: TreeNames;
  readonly #swapped: boolean;
  readonly #work: Work;
  readonly #parts: PartList;
  /** Where the spelling differs first, by the side that comes first however the two are given. */
  #spelling: { a: string; b: string; place: number } | undefined;

  constructor(a: TreeSide, b: TreeSide, names: TreeNames, swapped: boolean, work: Work) {
    this.#a = a;
    this.#b = b;
    this.#names = names;
    this.#swapped = swapped;
    this.#work = work;
    this.#parts = new PartList(work);
  }

  compareText(): void {
    const how = ({ text }: TreeSide) => `${text.encoding}${text.mark ? ' with a byte order mark' : ''}`;
    if (how(this.#a) !== how(this.#b)) this.#spelling = { a: how(this.#a), b: how(this.#b), place: -1 };
  }

  compare(a: TreeNode, b: TreeNode, name: string): void {
    const noted = this.#noted();
    const place = this.#swapped ? b.start : a.start;
    if (a.gap !== b.gap) this.#noteSpelling(this.#around(a, this.#a), this.#around(b, this.#b), place);
    const [rawA, rawB] = [this.#raw(a, this.#a), this.#raw(b, this.#b)];
    if (rawA === rawB) return;
    if (a.children !== undefined && b.children !== undefined) {
      this.#compareChildren(a.children, b.children, name);
      if (a.tail !== b.tail)
        this.#noteSpelling(rawA.slice(-40), rawB.slice(-40), this.#swapped ? b.end : a.end);
      // Whatever the gaps and tails do not tell.
      if (this.#noted() === noted) this.#noteSpelling(rawA, rawB, place);
    } else if (a.id === b.id) {
      this.#noteSpelling(rawA, rawB, place);
    } else {
      const shown = excerpts(a.value ?? rawA, b.value ?? rawB);
      // Two kinds of value can read the same, such as a number and a string of JSON.
      const alike = a.value !== undefined && a.value === b.value;
      this.#add('changed', name, alike ? excerpts(rawA, rawB) : shown, a.start, this.#a);
    }
  }

  finish(): Inspection {
    if (this.#spelling !== undefined) {
      const { a, b } = this.#spelling;
      this.#parts.add({ kind: 'changed', name: 'spelling', a, b });
    }
    return this.#parts.finish();
  }

  #compareChildren(a: readonly TreeNode[], b: readonly TreeNode[], name: string): void {
    const pairing = pairChildren(a, b, this.#swapped, this.#work);
    const [namesA, namesB] = [new ChildNames(this.#names, name, a), new ChildNames(this.#names, name, b)];
    const paired = new Uint8Array(b.length);
    const moved = this.#moved(pairing);
    if (moved) this.#addOrder(name, a, b, pairing);
    for (const [at, child] of a.entries()) {
      const to = pairing[at] ?? -1;
      const twin = b[to];
      if (twin === undefined) {
        this.#add(
          'removed',
          namesA.at(at),
          { a: this.#shown(child, this.#a), b: null },
          child.start,
          this.#a,
        );
        continue;
      }
      paired[to] = 1;
      if (!this.#isSame(child, twin)) this.compare(child, twin, namesA.at(at));
    }
    for (const [at, child] of b.entries()) {
      if (paired[at] === 1) continue;
      this.#add('added', namesB.at(at), { a: null, b: this.#shown(child, this.#b) }, child.start, this.#b);
    }
  }

  /** Byte for byte. */
  #isSame(a: TreeNode, b: TreeNode): boolean {
    if (a.id !== b.id || a.gap !== b.gap) return false;
    this.#work.spend(1 + ((a.end - a.start) >> 4));
    return this.#raw(a, this.#a) === this.#raw(b, this.#b);
  }

  /** Whether the children that both have stand in another order. */
  #moved(pairing: Int32Array): boolean {
    let last = -1;
    for (const to of pairing) {
      if (to === -1) continue;
      if (to < last) return true;
      last = to;
    }
    return false;
  }

  /** Both orders, from the first of the common children that stands at another place to the last. */
  #addOrder(name: string, a: readonly TreeNode[], b: readonly TreeNode[], pairing: Int32Array): void {
    const common = [...a.keys()].filter((from) => pairing[from] !== -1);
    const targets = common.map((from) => pairing[from] ?? -1);
    const places = targets.toSorted((one, other) => one - other);
    const misplaced = (to: number, at: number) => to !== places[at];
    const range = [targets.findIndex(misplaced), targets.findLastIndex(misplaced) + 1] as const;
    const list = (nodes: readonly TreeNode[], at: readonly number[], side: TreeSide) => {
      const shown = at.slice(0, shownNames).map((place) => {
        const node = nodes[place];
        if (node === undefined) return '';
        return node.label === ''
          ? this.#shown(node, side).slice(0, 40)
          : this.#names.labelOf(node.label).slice(0, 80);
      });
      const more = at.length - shown.length;
      return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
    };
    this.#parts.add({
      kind: 'reordered',
      name: name === '' ? 'order' : name,
      a: list(a, common.slice(...range), this.#a),
      b: list(b, places.slice(...range), this.#b),
    });
  }

  #add(
    kind: 'added' | 'removed' | 'changed',
    name: string,
    values: { a: string | null; b: string | null },
    place: number,
    { text }: TreeSide,
  ): void {
    const offset = text.offsetOf(place);
    this.#parts.add({ kind, name, ...values, ...(offset === undefined ? {} : { offset }) });
  }

  #shown(node: TreeNode, side: TreeSide): string {
    return excerpt(node.value ?? this.#raw(node, side));
  }

  #raw({ start, end }: TreeNode, { text }: TreeSide): string {
    return text.utf8.slice(start, end);
  }

  /** A node with what stands before it. */
  #around({ start, end }: TreeNode, { text }: TreeSide): string {
    return text.utf8.slice(Math.max(0, start - 40), Math.min(end, start + 40));
  }

  #noteSpelling(a: string, b: string, place: number): void {
    if (this.#spelling !== undefined && this.#spelling.place <= place) return;
    this.#spelling = { ...excerpts(a, b), place };
  }

  #noted(): number {
    return this.#parts.length + (this.#spelling === undefined ? 0 : 1);
  }
}

/** Names of a node's children, made when they are asked for. */
class ChildNames {
  readonly #names: TreeNames;
  readonly #parent: string;
  readonly #children: readonly TreeNode[];
  #same: { ordinal: number; count: number }[] | undefined;

  constructor(names: TreeNames, parent: string, children: readonly TreeNode[]) {
    this.#names = names;
    this.#parent = parent;
    this.#children = children;
  }

  at(ordinal: number): string {
    const child = this.#children[ordinal];
    if (child === undefined) return this.#parent;
    this.#same ??= countSame(this.#children);
    return this.#names.nameOf(this.#parent, child, ordinal, this.#same[ordinal] ?? { ordinal: 0, count: 1 });
  }
}

function countSame(children: readonly TreeNode[]): { ordinal: number; count: number }[] {
  const counts = new Map<string, number>();
  const ordinals = children.map(({ label }) => {
    const ordinal = counts.get(label) ?? 0;
    counts.set(label, ordinal + 1);
    return ordinal;
  });
  return children.map(({ label }, at) => ({ ordinal: ordinals[at] ?? 0, count: counts.get(label) ?? 1 }));
}
