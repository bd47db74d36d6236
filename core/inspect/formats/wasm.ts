/**
 * WebAssembly modules. Names of parts:
 *
 * - `header`: magic and version
 * - `section code`, `section data` and so on; `custom section name`, `custom section producers` (value: `language Rust;
 *   processed-by rustc 1.95.0`), `custom section sourceMappingURL` (the text), `custom section build_id` (digits)
 * - `function main`, or by its index where it has no name: added, removed, or with other bytes; these lie in `section
 *   code`, which is told as well
 * - `import env.puts`, `export main`: added or removed
 * - `order`: sections that stand in another order
 */
import type { Part } from '#schemas/comparison.ts';
import { BinaryReader, hexBytes, unlessMalformed } from '../binary/binary-reader.ts';
import { diffNames } from '../binary/diff-names.ts';
import { diffRegions, type Look } from '../binary/diff-regions.ts';
import { ForwardReader } from '../binary/forward-reader.ts';
import type { Region } from '../binary/region.ts';
import type { Inspector } from '../inspector.ts';
import type { Work } from '../work.ts';
import { diffFunctions, readExports, readImports, type Module } from './wasm/functions.ts';
import { headerBytes, readName, readSections } from './wasm/sections.ts';

const producersMax = 64;

/** A custom section's content in words. */
function customLook(describe: (content: ForwardReader) => string): Look {
  return (name, a, b) => {
    const inWords = (bytes: Uint8Array): string => {
      const input = new ForwardReader(new BinaryReader(bytes, true), 1);
      input.leb32();
      readName(input);
      return describe(input);
    };
    const [textA, textB] = [inWords(a.bytes), inWords(b.bytes)];
    return textA === textB ? undefined : [{ kind: 'changed', name, a: textA, b: textB, offset: a.start }];
  };
}

/** Tool conventions, "Producers Section". */
function describeProducers(content: ForwardReader): string {
  const texts: string[] = [];
  for (let fields = content.leb32(); fields > 0 && texts.length < producersMax; fields -= 1) {
    const field = readName(content);
    for (let values = content.leb32(); values > 0 && texts.length < producersMax; values -= 1)
      texts.push(`${field} ${readName(content)} ${readName(content)}`.trimEnd());
  }
  return texts.join('; ');
}

const looks: Readonly<Record<string, Look>> = {
  'custom section producers': customLook(describeProducers),
  'custom section sourceMappingURL': customLook(readName),
  'custom section go:buildid': customLook((content) =>
    Buffer.from(content.take(content.end - content.at))
      .toString()
      .trim(),
  ),
  'custom section external_debug_info': customLook(readName),
  'custom section build_id': customLook((content) => hexBytes(content.take(content.leb32()))),
};

function read(bytes: Uint8Array, work: Work): (Module & { regions: Region[] }) | undefined {
  return unlessMalformed(() => {
    const sections = readSections(bytes, work);
    const regions = sections.map(({ name, start, end }) => ({ name, type: name, start, end }));
    return { bytes, sections, regions: [{ name: 'header', start: 0, end: headerBytes }, ...regions] };
  });
}

function diffInside(a: Module, b: Module, work: Work): Part[] {
  return [
    ...(unlessMalformed(() => diffNames('import', readImports(a, work).names, readImports(b, work).names)) ??
      []),
    ...(unlessMalformed(() => diffNames('export', readExports(a, work), readExports(b, work))) ?? []),
    ...(unlessMalformed(() => diffFunctions(a, b, work)) ?? []),
  ];
}

export const wasm: Inspector = {
  id: 'wasm',
  title: 'WebAssembly: sections, imports, exports and functions',
  recognises: (_name, head) =>
    head.byteLength >= headerBytes &&
    head[0] === 0 &&
    head[1] === 0x61 &&
    head[2] === 0x73 &&
    head[3] === 0x6d,
  inspect(a, b, work) {
    const [moduleA, moduleB] = [read(a, work), read(b, work)];
    if (moduleA === undefined || moduleB === undefined) return undefined;
    const { parts, complete } = diffRegions(moduleA, moduleB, looks, work);
    return { parts: [...parts, ...diffInside(moduleA, moduleB, work)], complete };
  },
};
