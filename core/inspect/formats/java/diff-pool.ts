import type { Part } from '#schemas/comparison.ts';
import type { ConstantPool } from './constant-pool.ts';

/** Constants that say something of themselves; the others only join these. */
const telling = new Set(['Utf8', 'Integer', 'Float', 'Long', 'Double']);
const shownMax = 50;

interface Only {
  readonly index: number;
  readonly kind: string;
  readonly text: string;
  readonly at: number;
}

/** Indices by the number of the constant. */
function count(pool: ConstantPool): Map<number, number[]> {
  const indices = new Map<number, number[]>();
  pool.constants.forEach((constant, index) => {
    if (constant === undefined) return;
    const id = pool.id(index);
    const known = indices.get(id);
    if (known === undefined) indices.set(id, [index]);
    else known.push(index);
  });
  return indices;
}

/** Constants that one side has and the other has not, or not as often. */
function onlyIn(
  pool: ConstantPool,
  own: ReadonlyMap<number, number[]>,
  other: ReadonlyMap<number, number[]>,
): Only[] {
  const only: Only[] = [];
  for (const [id, indices] of own) {
    for (const index of indices.slice(other.get(id)?.length ?? 0)) {
      const at = pool.constants[index]?.start ?? 0;
      only.push({ index, kind: pool.kind(index), text: pool.describe(index), at });
    }
  }
  return only.sort((one, next) => one.index - next.index);
}

/**
 * Two pools: `constant pool` where a constant is only on one side, or as `reordered` where their order is another; and
 * `constant Utf8` (Integer, Float, Long, Double) for each of those: changed where as many of a kind go as come.
 * @throws MalformedBinary
 */
export function diffPools(a: ConstantPool, b: ConstantPool): Part[] {
  const [countA, countB] = [count(a), count(b)];
  const [onlyA, onlyB] = [onlyIn(a, countA, countB), onlyIn(b, countB, countA)];
  if (onlyA.length === 0 && onlyB.length === 0)
    return [{ kind: 'reordered', name: 'constant pool', offset: a.start }];
  const entries = (pool: ConstantPool, only: readonly Only[]): string =>
    `${pool.constants.length - 1} entries, ${only.length} of them only here`;
  const parts: Part[] = [
    {
      kind: 'changed',
      name: 'constant pool',
      a: entries(a, onlyA),
      b: entries(b, onlyB),
      offset: a.start,
    },
  ];
  for (const kind of telling) {
    const [ofA, ofB] = [onlyA, onlyB].map((only) =>
      only.filter((one) => one.kind === kind).slice(0, shownMax),
    );
    if (ofA === undefined || ofB === undefined) continue;
    const name = `constant ${kind}`;
    if (ofA.length === ofB.length) {
      ofA.forEach(({ text, at }, index) =>
        parts.push({ kind: 'changed', name, a: text, b: ofB[index]?.text ?? null, offset: at }),
      );
      continue;
    }
    for (const { text, at } of ofA) parts.push({ kind: 'removed', name, a: text, b: null, offset: at });
    for (const { text, at } of ofB) parts.push({ kind: 'added', name, a: null, b: text, offset: at });
  }
  return parts;
}
