import { readFileSync } from 'node:fs';
import type { Part } from '#schemas/comparison.ts';
import { look } from '../look.ts';

/** A file of test/fixtures/binaries, which its make.sh makes. */
export function binary(name: string): Buffer {
  return readFileSync(new URL(`../../../fixtures/binaries/${name}`, import.meta.url));
}

/** The parts of a look that must be complete and of this format. */
export function partsIn(format: string, a: Buffer, b: Buffer, name = ''): readonly Part[] {
  const found = look(name, a, b);
  if (found?.format !== format || !found.complete)
    throw new Error(`${found?.format}, complete: ${found?.complete}`);
  return found.parts;
}

/** What a part of this name says of both sides; its kind where it says nothing. */
export function said(parts: readonly Part[], name: string): unknown {
  const part = parts.find((one) => one.name === name);
  return part?.a === undefined ? part?.kind : [part.a, part.b];
}

export function namesOf(parts: readonly Part[]): string[] {
  return [...new Set(parts.map(({ name }) => name))];
}
