import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memorySource } from '#core/archive/byte-source.ts';
import type { ContentFacts } from '#core/archive/entry.ts';
import { findingCatalogue, type FindingId } from '#core/archive/findings.ts';
import { defaultReadLimits } from '#core/archive/limits.ts';
import { readFile, startReading } from '#core/archive/read-content.ts';
import { rootPlace } from '#core/archive/reading.ts';
import { captureViews } from '#core/compare/capture-views.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import { compareDeltas, type Delta } from '#core/compare/delta.ts';
import { diffArchives } from '#core/compare/diff-archives.ts';
import type { ComparisonFacts } from '#core/compare/facts.ts';
import { applyPasses } from '#core/normalize/apply-passes.ts';
import type { Pass } from '#core/normalize/pass.ts';
import { passes } from '#core/normalize/passes.ts';
import { buildAr } from '#test/core/archive/build-ar.ts';
import { buildTar, type TarMember } from '#test/core/archive/build-tar.ts';
import { buildZip, type ZipMember, type ZipShape } from '#test/core/archive/build-zip.ts';
import { tinyArchives } from '#test/core/archive/tiny-archives.ts';

const runs = Number(process.env['ASSAY_PROPERTY_RUNS'] ?? 300);

const compare = (a: Buffer, b: Buffer) => compareSources(memorySource(a), memorySource(b));

/** The differences of two archives of one format, as passes are asked about them. */
async function factsOf(a: Buffer, b: Buffer): Promise<ComparisonFacts> {
  const sources = [memorySource(a), memorySource(b)] as const;
  const read = (bytes: Buffer) => readFile(startReading(defaultReadLimits), rootPlace, memorySource(bytes));
  const [one, other] = [await read(a), await read(b)];
  const deltas =
    one === undefined || one.format !== other?.format
      ? []
      : [...diffArchives(one, other, { path: [] })].sort(compareDeltas);
  const rootOf = ({ byteLength: size }: Buffer): ContentFacts => ({ size, sha256: '', blocks: [] });
  return (await captureViews(...sources, [rootOf(a), rootOf(b)], defaultReadLimits, deltas)).facts;
}

const extra = fc.constantFrom(
  Buffer.alloc(0),
  Buffer.from('55540500010000005f', 'hex'),
  Buffer.from('75780b000104e803000004e8030000', 'hex'),
  Buffer.from('feca0000', 'hex'),
  Buffer.from('3412010000', 'hex'),
);

/** What two builds of one zip member may disagree about, and some that they may not. */
const zipTrivia: fc.Arbitrary<Partial<ZipMember>> = fc.record(
  {
    time: fc.integer({ min: 0, max: 0xffff }),
    method: fc.constantFrom<0 | 8>(0, 8),
    flags: fc.constantFrom(0, 2, 0x0800, 0x4000),
    system: fc.constantFrom(0, 3, 10, 19),
    mode: fc.constantFrom(0o100644, 0o100755, 0o104755, 0o100600),
    extra,
    localExtra: extra,
    comment: fc.constantFrom('hello', 'a\u001bb'),
    streamed: fc.boolean(),
    data: fc.constantFrom('other', '#!/bin/sh\n'),
  },
  { requiredKeys: [] },
);
const tarTrivia: fc.Arbitrary<Partial<TarMember>> = fc.record(
  {
    mtime: fc.integer({ min: 0, max: 2 ** 31 }),
    uid: fc.constantFrom(0, 1000),
    uname: fc.constantFrom('', 'root', 'kim'),
    mode: fc.constantFrom(0o644, 0o755, 0o4755, 0o600),
    type: fc.constantFrom('0', '\0', '7'),
    pax: fc.constantFrom({ mtime: '1.5' }, { uid: '7' }, { comment: 'x' }, { path: 'other' }),
    data: fc.constantFrom('other', '#!/bin/sh\n'),
  },
  { requiredKeys: [] },
);
const zipShape: fc.Arbitrary<ZipShape> = fc.record(
  { comment: fc.constantFrom('hi', 'PK\u0005\u0006'), centralReversed: fc.boolean() },
  { requiredKeys: [] },
);
const names = ['a', 'd/', 'd/b', 'META-INF/MANIFEST.MF', 'x.pyc'] as const;

/** Few changes, so that often all of them are set aside. */
const rarely = <T>(value: fc.Arbitrary<T>, otherwise: T) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary: value });

function sides<M extends { name: string | Buffer }>(
  trivia: fc.Arbitrary<Partial<M>>,
  plain: (name: string) => M,
) {
  const side = fc
    .tuple(
      fc.shuffledSubarray([...names], { minLength: 5 }),
      fc.tuple(...names.map(() => rarely(trivia, {}))),
    )
    .map(([order, changes]) => order.map((name) => ({ ...plain(name), ...changes[names.indexOf(name)] })));
  const ordered = fc
    .tuple(...names.map(() => rarely(trivia, {})))
    .map((changes) => names.map((name, at) => ({ ...plain(name), ...changes[at] })));
  return fc.tuple(fc.oneof(side, ordered), fc.oneof(side, ordered));
}

const zipPair = fc
  .tuple(
    sides<ZipMember>(zipTrivia, (name) => ({ name, data: name.endsWith('/') ? '' : 'content' })),
    fc.tuple(rarely(zipShape, {}), rarely(zipShape, {})),
  )
  .map(([[a, b], [shapeA, shapeB]]) => [buildZip(a, shapeA), buildZip(b, shapeB)] as const);
const tarPair = fc
  .tuple(
    sides<TarMember>(tarTrivia, (name) =>
      name.endsWith('/') ? { name, type: '5' } : { name, data: 'content' },
    ),
    fc.tuple(fc.constantFrom(1024, 9216), fc.constantFrom(1024, 9216)),
  )
  .map(
    ([[a, b], [endA, endB]]) => [buildTar(a, Buffer.alloc(endA)), buildTar(b, Buffer.alloc(endB))] as const,
  );
const levels = fc.tuple(fc.constantFrom(1, 6, 9), fc.constantFrom(1, 6, 9));
const gzipPair = fc
  .tuple(tarPair, levels)
  .map(([[a, b], [one, other]]) => [gzipSync(a, { level: one }), gzipSync(b, { level: other })] as const);
const arPair = fc.tuple(tarPair, fc.tuple(fc.nat(9), fc.nat(9))).map(([[a, b], [uid, mtime]]) => {
  const packed = (data: Buffer, more: object, name: string) =>
    buildAr([
      { name: 'debian-binary', data: '2.0\n' },
      { name, data, ...more },
    ]);
  return [packed(a, {}, 'data.tar'), packed(b, { uid, mtime }, 'data.tar/')] as const;
});
const pair = fc.oneof(zipPair, tarPair, gzipPair, arPair);

/** The place of a difference as passes declare what they touch. */
function placeOf({ kind, field }: Delta): string {
  return field?.replace(/^tar_global\d+_/, 'tar_global#_') ?? kind;
}

function declared({ touches }: Pass): string[] {
  return [
    ...(touches.fields ?? []),
    ...(touches.order === true ? ['order'] : []),
    ...(touches.contents === undefined ? [] : ['content']),
  ];
}

/** Everything that is never set aside, whatever the values: no pass may name it. */
const never = new Set(
  [
    'name link device size bytes padding disk stored declared local_name local_method local_descriptor data_tail',
    'header_size pax_other gzip_extra zip_bytes_before zip_bytes_between zip_bytes_after zip_local_order',
    'tar_after_end gzip_after',
  ].flatMap((line) => line.split(' ')),
);

describe('passes', () => {
  it('touch nothing but what they declare, and nothing that can matter is declared', async () => {
    expect(passes.flatMap(declared).filter((place) => never.has(place))).toEqual([]);
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(pair, async ([a, b]) => {
        const facts = await factsOf(a, b);
        const { passOf, passes: used } = applyPasses(facts);
        for (const { id } of used) seen.add(id);
        for (const [delta, id] of passOf) {
          const pass = passes.find((one) => one.id === id);
          expect(pass?.touches.formats).toContain(delta.format);
          expect(pass === undefined ? [] : declared(pass)).toContain(placeOf(delta));
        }
        const touched = used.flatMap(({ id, fields }) => fields.map((field) => `${id} ${field}`));
        const covered = [...passOf].map(([{ field, kind }, id]) => `${id} ${field ?? kind}`);
        expect([...touched].sort()).toEqual([...new Set(covered)].sort());
        const sizes = a.byteLength + b.byteLength;
        // What is compressed can be small: its content is not.
        if (a[0] !== 0x1f) expect(used.every(({ bytes }) => bytes <= sizes)).toBe(true);
      }),
      { numRuns: runs },
    );
    // Else the pairs would show nothing.
    expect(seen.size).toBeGreaterThan(10);
  }, 60_000);

  it('find nothing more in what they left, and nothing in a file and itself', async () => {
    await fc.assert(
      fc.asyncProperty(pair, async ([a, b]) => {
        const facts = await factsOf(a, b);
        const { passOf } = applyPasses(facts);
        const deltas = facts.deltas.filter((delta) => !passOf.has(delta));
        expect(applyPasses({ ...facts, deltas }).passes).toEqual([]);
        const itself = await factsOf(a, a);
        expect({ deltas: itself.deltas, passes: applyPasses(itself).passes }).toEqual({
          deltas: [],
          passes: [],
        });
      }),
      { numRuns: runs },
    );
  }, 60_000);

  it('set the same aside in whatever order they are asked', async () => {
    const order = fc.shuffledSubarray([...passes], { minLength: passes.length });
    await fc.assert(
      fc.asyncProperty(pair, order, async ([a, b], shuffled) => {
        const facts = await factsOf(a, b);
        const [one, other] = [applyPasses(facts), applyPasses(facts, [], shuffled)];
        expect(other.passOf).toEqual(one.passOf);
        const byId = (uses: typeof one.passes) => [...uses].sort((x, y) => (x.id < y.id ? -1 : 1));
        expect(byId(other.passes)).toEqual(byId(one.passes));
      }),
      { numRuns: runs },
    );
  }, 60_000);

  it('set as many bytes aside from either side', async () => {
    await fc.assert(
      fc.asyncProperty(pair, async ([a, b]) => {
        expect(applyPasses(await factsOf(b, a)).passes).toEqual(applyPasses(await factsOf(a, b)).passes);
      }),
      { numRuns: runs },
    );
  }, 60_000);

  it('set nothing more aside where one of them is refused', async () => {
    await fc.assert(
      fc.asyncProperty(pair, fc.constantFrom(...passes), async ([a, b], refused) => {
        const facts = await factsOf(a, b);
        const all = applyPasses(facts);
        const rest = applyPasses(
          facts,
          [],
          passes.filter((pass) => pass !== refused),
        );
        const expected = [...all.passOf].filter(([, id]) => id !== refused.id);
        expect([...rest.passOf]).toEqual(expected);
      }),
      { numRuns: runs },
    );
  }, 60_000);
});

const dangerous = Object.entries(tinyArchives)
  .filter(([id]) => id !== 'bomb' && findingCatalogue[id as FindingId].severity !== 'info')
  .flatMap(([id, archives]) => Object.entries(archives ?? {}).map(([name, bytes]) => ({ id, name, bytes })));

describe('what can fool a reader', () => {
  it.each(dangerous)(
    '$id, $name: has nothing set aside at its place, whatever it is compared with',
    async ({ bytes }) => {
      const others = dangerous
        .map((other) => other.bytes)
        .filter((other) => other !== bytes && other[0] === bytes[0]);
      for (const other of others.slice(0, 12)) {
        const { result, findings, differences } = await compare(bytes, other);
        const matters = findings.filter(({ side, severity }) => side !== 'both' && severity !== 'info');
        if (matters.length > 0) expect(result).toBe('different');
        const places = new Set(matters.map(({ path }) => JSON.stringify(path)));
        const hidden = differences.filter(
          ({ pass, path }) => pass !== undefined && places.has(JSON.stringify(path)),
        );
        expect(hidden).toEqual([]);
      }
    },
  );
});
