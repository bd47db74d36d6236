import type { Part } from '#schemas/comparison.ts';
import type { Work } from '../work.ts';
import { byName, compareNames } from './by-name.ts';
import { hex } from './binary-reader.ts';
import { showDifferences } from './show-bytes.ts';

/** A name for bytes of the file; without bytes where it is only asked for, or stands in no section. */
export interface Symbol {
  readonly name: string;
  /** Of its bytes in the file. */
  readonly start: number | undefined;
  readonly size: number;
}

export const symbolsMax = 100_000;
export const unitsEachSymbol = 64;
const changedMax = 100;

function bytesOf(bytes: Uint8Array, { start, size }: Symbol): Uint8Array | undefined {
  return start === undefined || size === 0 || start + size > bytes.byteLength
    ? undefined
    : bytes.subarray(start, start + size);
}

function describe({ start, size }: Symbol): string {
  return start === undefined ? 'undefined here' : `${size} bytes at ${hex(start)}`;
}

/**
 * Symbols that one side has, and those whose own bytes differ: the smallest question that a reader of machine code has.
 * They overlap with the sections that hold them, which are told apart from them. Parts are named `symbol <name>`.
 * @throws WorkSpent
 */
export function diffSymbols(
  a: { readonly bytes: Uint8Array; readonly symbols: readonly Symbol[] },
  b: { readonly bytes: Uint8Array; readonly symbols: readonly Symbol[] },
  work: Work,
): Part[] {
  work.spend((a.symbols.length + b.symbols.length) * unitsEachSymbol);
  const [symbolsA, symbolsB] = [byName(a.symbols), byName(b.symbols)];
  const oneSided: Part[] = [];
  const changed: { at: number; parts: readonly Part[] }[] = [];
  for (const [key, symbol] of symbolsA) {
    const name = `symbol ${symbol.name}`;
    const other = symbolsB.get(key);
    if (other === undefined) {
      const at = symbol.start === undefined ? {} : { offset: symbol.start };
      oneSided.push({ kind: 'removed', name, a: describe(symbol), b: null, ...at });
      continue;
    }
    const [bytesA, bytesB] = [bytesOf(a.bytes, symbol), bytesOf(b.bytes, other)];
    if (bytesA === undefined || bytesB === undefined || symbol.start === undefined) continue;
    // Comparing them costs far less than reading them, which the sections have been charged for.
    work.spend(Math.ceil(bytesA.byteLength / 8));
    if (Buffer.compare(bytesA, bytesB) === 0) continue;
    const shown = showDifferences(
      name,
      { bytes: bytesA, start: symbol.start },
      { bytes: bytesB, start: other.start ?? 0 },
    );
    changed.push({ at: Math.min(symbol.start, other.start ?? 0), parts: shown.slice(0, 1) });
  }
  for (const [key, symbol] of symbolsB) {
    if (symbolsA.has(key)) continue;
    const at = symbol.start === undefined ? {} : { offset: symbol.start };
    oneSided.push({ kind: 'added', name: `symbol ${symbol.name}`, a: null, b: describe(symbol), ...at });
  }
  oneSided.sort(compareNames);
  changed.sort((one, other) => one.at - other.at);
  const parts = [...oneSided, ...changed.slice(0, changedMax).flatMap((row) => row.parts)];
  if (changed.length > changedMax)
    parts.push({
      kind: 'changed',
      name: 'symbols',
      a: `${changed.length} with other bytes`,
      b: `${changed.length} with other bytes`,
    });
  return parts;
}
