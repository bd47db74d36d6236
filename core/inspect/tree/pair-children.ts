import { hunksOf } from '../sequence/hunks.ts';
import { matchSequences } from '../sequence/match-sequences.ts';
import type { Work } from '../work.ts';
import type { TreeNode } from './tree.ts';

/** For each child of `a` the one of `b` that it is, the same or changed, or -1. */
export type Pairing = Int32Array;

/**
 * Pairs the children of two nodes: those that say the same in order, those that say the same elsewhere, then those of one
 * label: within what stands between the same neighbours, and anywhere where each side has one only. @throws WorkSpent
 */
export function pairChildren(
  a: readonly TreeNode[],
  b: readonly TreeNode[],
  swapped: boolean,
  work: Work,
): Pairing {
  work.spend(8 * (a.length + b.length));
  if (haveSameLabels(a, b)) return Int32Array.from(a.keys());
  const idsOf = (nodes: readonly TreeNode[]) => Int32Array.from(nodes, ({ id }) => id);
  const [idsA, idsB] = dense(idsOf(a), idsOf(b));
  const pairing = matchSequences(idsA, idsB, swapped, work);
  const hunks = hunksOf(pairing, b.length);
  const left = new Left(pairing, b.length);
  left.pairBy(
    (at) => idsA[at] ?? -1,
    (at) => idsB[at] ?? -1,
    { once: false },
  );
  for (const { aStart, aEnd, bStart, bEnd } of hunks) {
    const byLabel = new Map<string, number[]>();
    for (let at = bStart; at < bEnd; at += 1) {
      if (left.hasB(at)) continue;
      const label = b[at]?.label ?? '';
      const places = byLabel.get(label);
      if (places === undefined) byLabel.set(label, [at]);
      else places.push(at);
    }
    for (const places of byLabel.values()) places.reverse();
    for (let at = aStart; at < aEnd; at += 1) {
      if (pairing[at] !== -1) continue;
      const place = byLabel.get(a[at]?.label ?? '')?.pop();
      if (place !== undefined) left.pair(at, place);
    }
  }
  left.pairBy(
    (at) => a[at]?.label ?? '',
    (at) => b[at]?.label ?? '',
    { once: true },
  );
  return pairing;
}

/** Whether both have the same labels in the same order, each once: most objects have. */
function haveSameLabels(a: readonly TreeNode[], b: readonly TreeNode[]): boolean {
  if (a.length !== b.length || !a.every(({ label }, at) => label !== '' && label === b[at]?.label))
    return false;
  return new Set(a.map(({ label }) => label)).size === a.length;
}

/** The same numbers from 0 on. */
function dense(a: Int32Array, b: Int32Array): [Int32Array, Int32Array] {
  const known = new Map<number, number>();
  const number = (id: number) => {
    const found = known.get(id) ?? known.size;
    known.set(id, found);
    return found;
  };
  return [a.map(number), b.map(number)];
}

/** What is not paired yet. */
class Left {
  readonly #pairing: Int32Array;
  readonly #takenB: Uint8Array;

  constructor(pairing: Int32Array, lengthB: number) {
    this.#pairing = pairing;
    this.#takenB = new Uint8Array(lengthB);
    for (const to of pairing) if (to !== -1) this.#takenB[to] = 1;
  }

  hasB(at: number): boolean {
    return this.#takenB[at] === 1;
  }

  pair(a: number, b: number): void {
    this.#pairing[a] = b;
    this.#takenB[b] = 1;
  }

  /** Pairs what is left of one key, in order; with `once` only keys that each side has left one of. */
  pairBy<Key>(keyA: (at: number) => Key, keyB: (at: number) => Key, { once }: { once: boolean }): void {
    const places = new Map<Key, { a: number[]; b: number[] }>();
    const placesOf = (key: Key) => {
      const found = places.get(key) ?? { a: [], b: [] };
      places.set(key, found);
      return found;
    };
    this.#pairing.forEach((to, at) => {
      if (to === -1) placesOf(keyA(at)).a.push(at);
    });
    this.#takenB.forEach((taken, at) => {
      if (taken === 0) placesOf(keyB(at)).b.push(at);
    });
    for (const { a, b } of places.values()) {
      if (once && (a.length !== 1 || b.length !== 1)) continue;
      a.slice(0, b.length).forEach((at, index) => this.pair(at, b[index] ?? -1));
    }
  }
}
