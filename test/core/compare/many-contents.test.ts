import { expect, it } from 'vitest';
import { memorySource } from '#core/archive/byte-source.ts';
import { defaultReadLimits } from '#core/archive/limits.ts';
import { readFile, startReading } from '#core/archive/read-content.ts';
import { rootPlace } from '#core/archive/reading.ts';
import { captureViews } from '#core/compare/capture-views.ts';
import { diffArchives } from '#core/compare/diff-archives.ts';
import { buildTar } from '#test/core/archive/build-tar.ts';

/** 24 MiB of contents, of which a pair counts for 2 KiB at least. */
const pairsMax = 12_288;

async function read(side: string) {
  const members = Array.from({ length: pairsMax + 100 }, (_, index) => ({
    name: `file-${index}`,
    data: `${side}${index}`,
  }));
  const source = memorySource(buildTar(members));
  const archive = await readFile(startReading(defaultReadLimits), rootPlace, source);
  if (archive === undefined) throw new Error('it is a tar');
  return { source, archive, facts: { size: source.size, sha256: side, blocks: [] } };
}

it('of very many small contents as many are looked into as memory is kept for, and the rest is told', async () => {
  const [a, b] = [await read('a'), await read('b')];
  const deltas = [...diffArchives(a.archive, b.archive, { path: [] })];
  const { facts, cut } = await captureViews(
    a.source,
    b.source,
    [a.facts, b.facts],
    defaultReadLimits,
    deltas,
  );
  expect(deltas.filter((delta) => facts.view(delta) !== undefined)).toHaveLength(pairsMax);
  expect(cut).toEqual([
    { kind: 'uninspected', detail: 'contents beyond 25165824 bytes of them were only digested' },
  ]);
});
