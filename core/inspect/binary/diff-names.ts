import type { Part } from '#schemas/comparison.ts';
import { compareNames } from './by-name.ts';

/** Names that only one side has, as `<prefix> <name>`; each name counts once. */
export function diffNames(prefix: string, a: Iterable<string>, b: Iterable<string>): Part[] {
  const [setA, setB] = [new Set(a), new Set(b)];
  const parts: Part[] = [];
  for (const name of setA) if (!setB.has(name)) parts.push({ kind: 'removed', name: `${prefix} ${name}` });
  for (const name of setB) if (!setA.has(name)) parts.push({ kind: 'added', name: `${prefix} ${name}` });
  return parts.sort(compareNames);
}
