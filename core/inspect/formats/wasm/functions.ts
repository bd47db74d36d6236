import type { Part } from '#schemas/comparison.ts';
import { BinaryReader, unlessMalformed } from '../../binary/binary-reader.ts';
import { byName, compareNames } from '../../binary/by-name.ts';
import { ForwardReader } from '../../binary/forward-reader.ts';
import { showDifferences } from '../../binary/show-bytes.ts';
import type { Work } from '../../work.ts';
import { readName, type Section } from './sections.ts';

const unitsEach = 256;
const shownMax = 100;
const functionNames = 1;

export interface Module {
  readonly bytes: Uint8Array;
  readonly sections: readonly Section[];
}

function contentOf({ bytes, sections }: Module, name: string): ForwardReader | undefined {
  const section = sections.find((one) => one.name === name);
  return section && new ForwardReader(new BinaryReader(bytes, true), section.content, section.end);
}

/** Limits of a table or a memory. */
function skipLimits(input: ForwardReader): void {
  const flags = input.leb32();
  input.leb32();
  if ((flags & 1) !== 0) input.leb32();
}

/** Imports as `module.name`, and how many of them are functions. @throws MalformedBinary, WorkSpent */
export function readImports(module: Module, work: Work): { names: string[]; functions: number } {
  const input = contentOf(module, 'section import');
  const names: string[] = [];
  let functions = 0;
  if (input === undefined) return { names, functions };
  for (let left = input.leb32(); left > 0; left -= 1) {
    work.spend(unitsEach);
    names.push(`${readName(input)}.${readName(input)}`);
    const kind = input.u8();
    if (kind === 0) functions += 1;
    if (kind === 1) input.u8();
    if (kind === 1 || kind === 2) skipLimits(input);
    else if (kind === 3) input.take(2);
    else if (kind === 4) input.take(1);
    if (kind === 0 || kind === 4) input.leb32();
  }
  return { names, functions };
}

/** @throws MalformedBinary, WorkSpent */
export function readExports(module: Module, work: Work): string[] {
  const input = contentOf(module, 'section export');
  const names: string[] = [];
  if (input === undefined) return names;
  for (let left = input.leb32(); left > 0; left -= 1) {
    work.spend(unitsEach);
    names.push(readName(input));
    input.u8();
    input.leb32();
  }
  return names;
}

/** Names of functions by their index, of the custom section `name`. @throws MalformedBinary, WorkSpent */
function readFunctionNames(module: Module, work: Work): Map<number, string> {
  const input = contentOf(module, 'custom section name');
  const names = new Map<number, string>();
  if (input === undefined) return names;
  while (!input.ended) {
    const kind = input.u8();
    const content = input.within(input.leb32());
    if (kind !== functionNames) continue;
    for (let left = content.leb32(); left > 0; left -= 1) {
      work.spend(unitsEach);
      names.set(content.leb32(), readName(content));
    }
  }
  return names;
}

interface Body {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

function readBodies(module: Module, work: Work): Body[] {
  const names = unlessMalformed(() => readFunctionNames(module, work)) ?? new Map<number, string>();
  const imported = unlessMalformed(() => readImports(module, work).functions) ?? 0;
  const input = contentOf(module, 'section code');
  const bodies: Body[] = [];
  if (input === undefined) return bodies;
  const count = input.leb32();
  for (let index = 0; index < count; index += 1) {
    work.spend(unitsEach);
    const { at: start, end } = input.within(input.leb32());
    bodies.push({ name: names.get(imported + index) ?? String(imported + index), start, end });
  }
  return bodies;
}

/** Functions that one side has, and those with other bytes. @throws MalformedBinary, WorkSpent */
export function diffFunctions(a: Module, b: Module, work: Work): Part[] {
  const [bodiesA, bodiesB] = [byName(readBodies(a, work)), byName(readBodies(b, work))];
  const parts: Part[] = [];
  for (const [key, body] of bodiesA) {
    const other = bodiesB.get(key);
    const name = `function ${body.name}`;
    const own = { bytes: a.bytes.subarray(body.start, body.end), start: body.start };
    if (other === undefined) {
      parts.push({ kind: 'removed', name, a: `${body.end - body.start} bytes`, b: null, offset: body.start });
      continue;
    }
    const others = { bytes: b.bytes.subarray(other.start, other.end), start: other.start };
    if (Buffer.compare(own.bytes, others.bytes) !== 0)
      parts.push(...showDifferences(name, own, others).slice(0, 1));
  }
  for (const [key, { name, start, end }] of bodiesB) {
    if (bodiesA.has(key)) continue;
    parts.push({
      kind: 'added',
      name: `function ${name}`,
      a: null,
      b: `${end - start} bytes`,
      offset: start,
    });
  }
  parts.sort(compareNames);
  if (parts.length <= shownMax) return parts;
  const more = `${parts.length - shownMax} more`;
  return [...parts.slice(0, shownMax), { kind: 'changed', name: 'functions', a: more, b: more }];
}
