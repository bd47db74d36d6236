import { expect, test } from 'vitest';
import { RecipeFile } from '#schemas/recipe-file.ts';
import { withRegistryVariables } from '../../../cli/recipe/registry-variables.ts';

const fileOf = (over: object = {}): RecipeFile =>
  RecipeFile.parse({
    schemaVersion: 1,
    source: { path: '.' },
    environment: {},
    steps: ['true'],
    outputs: ['out'],
    ...over,
  });
const registry = { protocol: 'pypi', before: '2026-01-01T00:00:00Z' };

test("a recipe that asks a registry gets its client's variables, and what it sets itself stays", async () => {
  const { variables } = await withRegistryVariables(
    fileOf({ registry, variables: { PIP_NO_INPUT: '0', A: 'b' } }),
  );
  expect(variables).toMatchObject({
    PIP_INDEX_URL: 'http://127.0.0.1:8765/simple/',
    PIP_CONFIG_FILE: '/dev/null',
    PIP_NO_INPUT: '0',
    A: 'b',
  });
});

test('a recipe that asks none stays as it is', async () => {
  expect(await withRegistryVariables(fileOf())).toEqual(fileOf());
});

test('a registry that nobody speaks to is refused, and those that there are are named', async () => {
  await expect(
    withRegistryVariables(fileOf({ registry: { ...registry, protocol: 'gopher' } })),
  ).rejects.toMatchObject({
    code: 'invalid-recipe',
    hint: 'protocols of registries: pypi',
  });
});
