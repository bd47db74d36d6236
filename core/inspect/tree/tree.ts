import { Interner } from '../interner.ts';
import type { Work } from '../work.ts';

/**
 * A part of a structured text: an object, a list, a value. All of its bytes are its gap, its label, its children or its
 * value, and its tail, so that two trees of which these agree are the same text. Texts are `Text.utf8`.
 */
export interface TreeNode {
  /** What it is called among its siblings: a key, an element's name; empty where they have only places. */
  readonly label: string;
  /** What it says, its label included, whatever its spelling: the same for two nodes only if that is the same. */
  readonly id: number;
  /** What stands before it and how its label is spelled: the same only if that is. */
  readonly gap: number;
  /** Place of its first character, and behind its last. */
  readonly start: number;
  readonly end: number;
  /** Of a value: what it says. */
  readonly value?: string;
  /** Of anything else: what is in it. */
  readonly children?: readonly TreeNode[];
  /** How it is closed: the same only if that is spelled the same. */
  readonly tail?: number;
}

/** A branch while it is read. */
export interface TreeBranch {
  readonly label: string;
  readonly start: number;
  readonly gap: string;
  readonly children: TreeNode[];
}

const nodesMax = 300_000;
const unitsEach = 16;

/** Too many nodes for a look: the next format is asked. */
export class TreeTooLarge extends Error {}

/** Makes the nodes of two trees that are to be compared; what they say gets the same numbers in both. */
export class TreeBuilder {
  readonly #says = new Interner();
  readonly #spelled = new Interner();
  readonly #work: Work;
  #nodes = 0;

  constructor(work: Work) {
    this.#work = work;
  }

  /** A value. `kind` tells apart values that look alike, such as `1` and `"1"`. */
  leaf(label: string, gap: string, start: number, end: number, kind: string, value: string): TreeNode {
    this.count(label.length + value.length);
    const id = this.#says.idOf(`${kind}${label.length}:${label}${value}`);
    return { label, id, gap: this.#spelled.idOf(gap), start, end, value };
  }

  /** A branch that is read to its end. `ordered`: whether another order of its children says something else. */
  branch(open: TreeBranch, end: number, tail: string, kind: string, ordered: boolean): TreeNode {
    const { label, start, gap, children } = open;
    this.count(label.length + 8 * children.length);
    const ids = children.map(({ id }) => id);
    const said = (ordered ? ids : ids.sort((one, other) => one - other)).join();
    const id = this.#says.idOf(`${kind}${label.length}:${label}\n${said}`);
    return {
      label,
      id,
      gap: this.#spelled.idOf(gap),
      start,
      end,
      children,
      tail: this.#spelled.idOf(tail),
    };
  }

  /** Notes another node, or a piece of one. @throws WorkSpent, TreeTooLarge */
  count(characters: number): void {
    this.#nodes += 1;
    if (this.#nodes > nodesMax) throw new TreeTooLarge();
    this.#work.spend(unitsEach + characters);
  }
}
