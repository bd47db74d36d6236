import type { Part } from '#schemas/comparison.ts';
import type { Inspection } from '../inspector.ts';
import type { Work } from '../work.ts';
import { byName, compareNames } from './by-name.ts';
import { unlessMalformed } from './binary-reader.ts';
import { account, unnamedBytes, type OwnedRegion, type Region } from './region.ts';
import { showDifferences, showSize, type Placed } from './show-bytes.ts';

/** What a region's bytes say in the words of its format; undefined where they say nothing that can be read. */
export type Look = (name: string, a: Placed, b: Placed) => readonly Part[] | undefined;

/** One file of the two: its bytes, and the regions that its headers divide it into. */
export interface Side {
  readonly bytes: Uint8Array;
  readonly regions: readonly Region[];
}

interface Row {
  readonly at: number;
  readonly name: string;
  readonly parts: readonly Part[];
}

function startOf({ pieces }: OwnedRegion): number {
  return pieces[0][0];
}

function bytesOf(bytes: Uint8Array, { pieces }: OwnedRegion): Uint8Array {
  if (pieces.length === 1) return bytes.subarray(...pieces[0]);
  return Buffer.concat(pieces.map(([start, end]) => bytes.subarray(start, end)));
}

function diffRegion(
  a: Side,
  b: Side,
  ownA: OwnedRegion,
  ownB: OwnedRegion,
  look: Look | undefined,
): readonly Part[] {
  const placed = [
    { bytes: bytesOf(a.bytes, ownA), start: startOf(ownA) },
    { bytes: bytesOf(b.bytes, ownB), start: startOf(ownB) },
  ] as const;
  if (Buffer.compare(placed[0].bytes, placed[1].bytes) === 0) return [];
  const told = unlessMalformed(() => look?.(ownA.name, ...placed));
  return told === undefined || told.length === 0 ? showDifferences(ownA.name, ...placed) : told;
}

/** Whether the regions that both sides have stand in another order; told by the first that does. */
function diffOrder(a: ReadonlyMap<string, OwnedRegion>, b: ReadonlyMap<string, OwnedRegion>): Part[] {
  const inOrder = (own: typeof a, other: typeof a): string[] =>
    [...own]
      .filter(([key, { name }]) => other.has(key) && name !== unnamedBytes)
      .sort(([, one], [, next]) => startOf(one) - startOf(next))
      .map(([, { name }]) => name);
  const [namesA, namesB] = [inOrder(a, b), inOrder(b, a)];
  const first = namesA.findIndex((name, index) => name !== namesB[index]);
  if (first === -1) return [];
  return [{ kind: 'reordered', name: 'order', a: namesA[first] ?? null, b: namesB[first] ?? null }];
}

/**
 * Compares two files region by region: each byte by which they differ lies in a region that is named, or the result is
 * not complete. `looks` are by the type of a region; both sides must have the same.
 * @throws WorkSpent
 */
export function diffRegions(a: Side, b: Side, looks: Readonly<Record<string, Look>>, work: Work): Inspection {
  work.spend(a.bytes.byteLength + b.bytes.byteLength);
  const [accountA, accountB] = [account(a.bytes, a.regions, work), account(b.bytes, b.regions, work)];
  const [regionsA, regionsB] = [byName(accountA.regions), byName(accountB.regions)];
  const rows: Row[] = [];
  let complete = accountA.overlap === undefined && accountB.overlap === undefined;
  const add = (at: number, name: string, parts: readonly Part[]): void => {
    if (parts.length === 0) return;
    if (name === unnamedBytes) complete = false;
    rows.push({ at, name, parts });
  };
  for (const [key, own] of regionsA) {
    const other = regionsB.get(key);
    if (other === undefined) {
      const shown = showSize(bytesOf(a.bytes, own));
      add(startOf(own), own.name, [
        { kind: 'removed', name: own.name, a: shown, b: null, offset: startOf(own) },
      ]);
      continue;
    }
    const look = own.type === undefined || own.type !== other.type ? undefined : looks[own.type];
    add(Math.min(startOf(own), startOf(other)), own.name, diffRegion(a, b, own, other, look));
  }
  for (const [key, own] of regionsB) {
    if (regionsA.has(key)) continue;
    const shown = showSize(bytesOf(b.bytes, own));
    add(startOf(own), own.name, [{ kind: 'added', name: own.name, a: null, b: shown, offset: startOf(own) }]);
  }
  rows.sort((one, other) => one.at - other.at || compareNames(one, other));
  const parts = rows.flatMap(({ parts: own }) => own);
  parts.push(...diffOrder(regionsA, regionsB));
  if (accountA.overlap !== accountB.overlap)
    parts.push({
      kind: 'changed',
      name: 'overlapping regions',
      a: accountA.overlap ?? null,
      b: accountB.overlap ?? null,
    });
  return { parts, complete };
}
