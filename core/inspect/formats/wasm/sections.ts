import { BinaryReader, MalformedBinary } from '../../binary/binary-reader.ts';
import { ForwardReader } from '../../binary/forward-reader.ts';
import type { Work } from '../../work.ts';

const names: readonly string[] = [
  'custom',
  'type',
  'import',
  'function',
  'table',
  'memory',
  'global',
  'export',
  'start',
  'element',
  'code',
  'data',
  'data count',
  'tag',
];
const nameMax = 200;
const unitsEach = 256;
export const headerBytes = 8;

/** One section: all of it, and where its content begins (behind the name of a custom one). */
export interface Section {
  readonly name: string;
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

/** A text with its length before it. @throws MalformedBinary */
export function readName(input: ForwardReader): string {
  const bytes = input.take(input.leb32());
  return Buffer.from(bytes.subarray(0, nameMax)).toString('utf8');
}

/** WebAssembly core specification, "Modules" of the binary format. @throws MalformedBinary, WorkSpent */
export function readSections(bytes: Uint8Array, work: Work): Section[] {
  const input = new ForwardReader(new BinaryReader(bytes, true), headerBytes);
  const sections: Section[] = [];
  while (!input.ended) {
    work.spend(unitsEach);
    const start = input.at;
    const id = input.u8();
    const content = input.within(input.leb32());
    const known = names[id];
    if (known === undefined) throw new MalformedBinary('no such section');
    const name = id === 0 ? `custom section ${readName(content)}` : `section ${known}`;
    sections.push({ name, start, content: content.at, end: content.end });
  }
  return sections;
}
