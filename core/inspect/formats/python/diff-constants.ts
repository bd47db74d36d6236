import type { Part } from '#schemas/comparison.ts';
import type { NamedCode } from './code-objects.ts';
import { showValue, type Value } from './marshal.ts';

function sameOrder(one: Value | undefined, other: Value | undefined): boolean {
  return one?.ordered === other?.ordered;
}

/** Constants of one code object: changed one by one, added, removed; a set whose members stand in another order. */
export function diffConstants(a: NamedCode, b: NamedCode, prefix: string): Part[] {
  const [listA, listB] = [a, b].map(({ code }) => code.values['co_consts']);
  if (listA === undefined || listB === undefined || sameOrder(listA, listB)) return [];
  const name = `${prefix} co_consts`;
  const [itemsA, itemsB] = [listA.items, listB.items];
  const sorted = (items: readonly Value[]): string =>
    items
      .map(({ id }) => id)
      .sort((one, other) => one - other)
      .join();
  if (listA.id !== listB.id && sorted(itemsA) === sorted(itemsB))
    return [
      {
        kind: 'reordered',
        name,
        a: showValue(a.reader, listA),
        b: showValue(b.reader, listB),
        offset: listA.at,
      },
    ];
  let start = 0;
  while (start < itemsA.length && start < itemsB.length && sameOrder(itemsA[start], itemsB[start]))
    start += 1;
  let tail = 0;
  while (
    tail < Math.min(itemsA.length, itemsB.length) - start &&
    sameOrder(itemsA.at(-1 - tail), itemsB.at(-1 - tail))
  )
    tail += 1;
  const [endA, endB] = [itemsA.length - tail, itemsB.length - tail];
  const parts: Part[] = [];
  for (let index = start; index < Math.max(endA, endB); index += 1) {
    const one = index < endA ? itemsA[index] : undefined;
    const other = index < endB ? itemsB[index] : undefined;
    if (sameOrder(one, other)) continue;
    const kind =
      one === undefined
        ? 'added'
        : other === undefined
          ? 'removed'
          : one.id === other.id
            ? 'reordered'
            : 'changed';
    parts.push({
      kind,
      name: `${name}[${index}]`,
      a: one === undefined ? null : showValue(a.reader, one),
      b: other === undefined ? null : showValue(b.reader, other),
      offset: one?.at ?? other?.at ?? listA.at,
    });
  }
  return parts;
}
