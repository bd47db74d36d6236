import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inspectors } from '#core/inspect/inspectors.ts';
import { Work, WorkSpent } from '#core/inspect/work.ts';
import type { Part } from '#schemas/comparison.ts';
import { binary } from '#test/core/inspect/formats/made-binaries.ts';
import { fixture } from '#test/core/explain/tools/made.ts';

const runs = Number(process.env['ASSAY_PROPERTY_RUNS'] ?? 2500);

/** Small real files of each format, with the name that some are known by. */
const samples: readonly (readonly [format: string, name: string, bytes: Buffer])[] = [
  ['elf', '', binary('elf-mips-one.o')],
  ['elf', '', binary('elf-arm-one.o')],
  ['elf', '', fixture('rustc-one.o')],
  ['mach-o', '', binary('mach-o-one.dylib')],
  ['mach-o', '', binary('mach-o-fat-one.o')],
  ['pe', '', binary('pe-one.dll')],
  ['pe', 'x.obj', binary('coff-one.obj')],
  ['wasm', '', binary('wasm-one.wasm')],
  ['python-bytecode', 'x.pyc', binary('python-3.8-one.pyc')],
  ['python-bytecode', 'x.pyc', binary('python-3.13-one.pyc')],
  ['java-class', '', binary('Main.class')],
];

const sample = fc.constantFrom(...samples);

/** What this format says of two contents; undefined where it leaves them to another. */
function inspectAs(format: string, a: Uint8Array, b: Uint8Array, units = 64 * 1024 ** 2) {
  const inspector = inspectors.find(({ id }) => id === format);
  if (inspector === undefined) throw new Error(`no inspector ${format}`);
  const work = new Work(units);
  try {
    return { found: inspector.inspect(a, b, work), spent: units - work.left };
  } catch (error) {
    if (!(error instanceof WorkSpent)) throw error;
    return { found: undefined, spent: units };
  }
}

/** Bytes overwritten with others or with numbers that no file can mean, cut off, doubled. */
function mutated(bytes: Buffer): fc.Arbitrary<Buffer> {
  const place = fc.oneof(fc.nat(bytes.byteLength - 1), fc.nat(Math.min(511, bytes.byteLength - 1)));
  const value = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 8 }).map((some) => Buffer.from(some)),
    fc
      .constantFrom('ffffffff', '00000000', '7fffffff', 'ffff', '00000080', 'ffffffffffffffff')
      .map((digits) => Buffer.from(digits, 'hex')),
  );
  const edits = fc.array(fc.tuple(place, value), { minLength: 1, maxLength: 6 });
  const end = fc.oneof({ weight: 4, arbitrary: fc.constant(bytes.byteLength) }, fc.nat(bytes.byteLength));
  return fc.tuple(edits, end).map(([changes, size]) => {
    const copy = Buffer.from(bytes);
    for (const [at, some] of changes) some.copy(copy, at);
    return copy.subarray(0, size);
  });
}

const twoMutated = sample.chain(([format, name, bytes]) =>
  fc.tuple(
    fc.constant(format),
    fc.constant(name),
    mutated(bytes),
    fc.oneof(fc.constant(bytes), mutated(bytes)),
  ),
);

const mirrored = { added: 'removed', removed: 'added', changed: 'changed', reordered: 'reordered' } as const;

function mirror({ kind, name, a, b }: Part) {
  return [mirrored[kind], name, b, a];
}

describe('a look inside binaries', () => {
  it('throws nothing but that its work is spent, and says nothing where a file breaks the rules', () => {
    fc.assert(
      fc.property(twoMutated, ([format, , a, b]) => {
        const { found } = inspectAs(format, a, b);
        for (const { name } of found?.parts ?? []) expect(name.length).toBeLessThan(10_000);
      }),
      { numRuns: runs },
    );
  });

  it('is the same from either side, but for the names of the sides', () => {
    fc.assert(
      fc.property(twoMutated, ([format, , a, b]) => {
        const [there, back] = [inspectAs(format, a, b).found, inspectAs(format, b, a).found];
        expect(back?.complete).toBe(there?.complete);
        const sorted = (rows: unknown[] | undefined) => rows?.map((row) => JSON.stringify(row)).sort();
        expect(sorted(back?.parts.map(mirror))).toEqual(
          sorted(there?.parts.map(({ kind, name, a: one, b: other }) => [kind, name, one, other])),
        );
      }),
      { numRuns: runs },
    );
  });

  it('has a part for two that differ, at the byte that differs where that is one', () => {
    const flip = sample.chain(([format, , bytes]) =>
      fc.tuple(
        fc.constant(format),
        fc.constant(bytes),
        fc.nat(bytes.byteLength - 1),
        fc.integer({ min: 1, max: 255 }),
      ),
    );
    fc.assert(
      fc.property(flip, ([format, bytes, at, change]) => {
        const other = Buffer.from(bytes);
        other[at] = (other[at] ?? 0) ^ change;
        const { found } = inspectAs(format, bytes, other);
        // Complete means that the byte has a name.
        if (found?.complete === true) expect(found.parts.length).toBeGreaterThan(0);
      }),
      { numRuns: runs },
    );
  });

  it('says nothing of a file and itself', () => {
    for (const [format, , bytes] of samples) expect(inspectAs(format, bytes, bytes).found?.parts).toEqual([]);
  });

  it('costs about as much as there are bytes', () => {
    fc.assert(
      fc.property(twoMutated, ([format, , a, b]) => {
        const { spent, found } = inspectAs(format, a, b);
        if (found !== undefined) expect(spent).toBeLessThan(200_000 + 200 * (a.byteLength + b.byteLength));
      }),
      { numRuns: Math.min(runs, 1000) },
    );
  });

  it('names the section, and what is in it, in whose content a byte was changed', () => {
    const places: readonly (readonly [format: string, bytes: Buffer, text: string, name: string])[] = [
      ['elf', binary('elf-mips-one.o'), 'hello', 'section .rodata'],
      ['mach-o', binary('mach-o-one.dylib'), 'hello', 'section __TEXT,__const'],
      ['pe', binary('pe-one.dll'), 'hello', 'section .rdata'],
      ['wasm', binary('wasm-one.wasm'), 'hello', 'section data'],
      ['python-bytecode', binary('python-3.8-one.pyc'), 'Its area.', 'code Shape.area docstring'],
      ['java-class', binary('Main.class'), 'hello', 'constant Utf8'],
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...places),
        fc.nat(4),
        fc.integer({ min: 1, max: 15 }),
        ([format, bytes, text, name], at, change) => {
          const other = Buffer.from(bytes);
          const place = other.indexOf(text) + at;
          other[place] = (other[place] ?? 0) ^ change;
          const { found } = inspectAs(format, bytes, other);
          expect(found?.complete).toBe(true);
          expect(found?.parts.map((part) => part.name)).toContain(name);
        },
      ),
      { numRuns: 300 },
    );
  });
});
