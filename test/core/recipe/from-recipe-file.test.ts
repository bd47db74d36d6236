import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { jsonDigest } from '#core/json/digest.ts';
import { recipeFromFile } from '#core/recipe/from-recipe-file.ts';
import { RecipeFile } from '#schemas/recipe-file.ts';
import type { Source } from '#schemas/recipe.ts';

const source: Source = { kind: 'folder', file: 'source.tar', digest: { sha256: 'a'.repeat(64) }, size: 10 };

function fileOf(over: Record<string, unknown> = {}): RecipeFile {
  return RecipeFile.parse({
    schemaVersion: 1,
    source: { path: 'src' },
    environment: {},
    steps: ['make'],
    outputs: ['dist/thing.tar.gz'],
    ...over,
  });
}

describe('recipeFromFile', () => {
  it('gives a line to /bin/sh -e, and an argument vector to nothing else', () => {
    const { steps } = recipeFromFile(
      fileOf({
        steps: ['make && echo "$HOME"', { name: 'pack', run: ['tar', '-cf', 'x.tar', '; rm -rf /'] }],
      }),
      source,
    );
    expect(steps.slice(1)).toEqual([
      { name: 'step-1', phase: 'build', cwd: 'src', run: ['/bin/sh', '-e', '-c', 'make && echo "$HOME"'] },
      { name: 'pack', phase: 'build', cwd: 'src', run: ['tar', '-cf', 'x.tar', '; rm -rf /'] },
    ]);
  });

  it('unpacks the source first, its hostile name as an argument and never as text of the shell', () => {
    const [unpack] = recipeFromFile(fileOf(), { ...source, file: '$(reboot).tar' }).steps;
    expect(unpack).toMatchObject({ name: 'unpack', phase: 'prepare' });
    expect(unpack?.run[3]).not.toContain('reboot');
    expect(unpack?.run).toContain('in/$(reboot).tar');
  });

  it('takes outputs relative to the source', () => {
    expect(recipeFromFile(fileOf(), source).outputs).toEqual(['src/dist/thing.tar.gz']);
  });

  it('says of a declared clock that it was declared, and gives it to the build', () => {
    const recipe = recipeFromFile(fileOf({ clock: { sourceDateEpoch: 1763812800 } }), source);
    expect(recipe.clock).toEqual({ from: 'declared', sourceDateEpoch: 1763812800 });
    expect(recipe.variables).toEqual({ SOURCE_DATE_EPOCH: '1763812800' });
  });

  it('is marked as supplied, reaches no registry unless one is declared, and keeps declared limits', () => {
    const recipe = recipeFromFile(fileOf({ limits: { timeSeconds: 7200 } }), source);
    expect(recipe).toMatchObject({ by: 'supplied', clock: { from: 'none' } });
    expect(recipe.registry).toBeUndefined();
    expect(recipe.limits).toMatchObject({ timeSeconds: 7200, cpuSeconds: 14_400 });
  });

  it('gives the same digest for the same file and source', () => {
    const [one, two] = [0, 1].map(() => jsonDigest(recipeFromFile(fileOf(), source)));
    expect(one).toEqual(two);
  });

  it('refuses a step whose name is not a plain word', () => {
    expect(() =>
      recipeFromFile(fileOf({ steps: [{ name: 'Not A Name', run: ['true'] }] }), source),
    ).toThrowError(expect.objectContaining({ code: 'invalid-recipe' }));
  });

  it.each(['reproducible', 'timestamp'])('makes a recipe of examples/%s', (example) => {
    const text = readFileSync(new URL(`../../../examples/${example}/assay.yaml`, import.meta.url), 'utf8');
    const recipe = recipeFromFile(RecipeFile.parse(parse(text)), source);
    expect(recipe.outputs).toEqual(['src/dist/hello.tar.gz']);
  });
});
