import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { comparisonStatement } from '#core/statement/comparison.ts';
import { jsonSchemas } from '#core/statement/json-schemas.ts';
import { provenanceStatement } from '#core/statement/provenance.ts';
import {
  builder,
  different,
  equivalent,
  fact,
  outputOf,
  ran,
  recipe,
  reproduced,
  wheelBytes,
} from '#test/harness/samples/attest-input.ts';

const folder = join(import.meta.dirname, '../../../docs/schemas');
const read = async (name: string) => JSON.parse(await readFile(join(folder, name), 'utf8'));
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('the published JSON Schemas', () => {
  test('are those of the code: `node scripts/write-schemas.ts` writes them', async () => {
    const expected = jsonSchemas();
    expect((await readdir(folder)).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, schema] of Object.entries(expected)) expect(await read(name)).toEqual(plain(schema));
  });

  test('read by themselves take what is signed and refuse a member more', async () => {
    const schema = z.fromJSONSchema(await read('comparison-v1.json'));
    for (const input of [reproduced, equivalent, different]) {
      const { predicate } = comparisonStatement(input, {
        builder,
        level: 'SLSA_BUILD_LEVEL_1',
        facts: [fact('hosted', null)],
      });
      expect(schema.safeParse(plain(predicate)).error).toBeUndefined();
      expect(schema.safeParse(plain({ ...predicate, more: 1 })).success).toBe(false);
    }
  });

  test('of externalParameters take a recipe and refuse anything that is not in it', async () => {
    const schema = z.fromJSONSchema(await read('recipe-v1-external-parameters.json'));
    const { predicate } = provenanceStatement(
      { ...reproduced, recipe, ran, output: outputOf(wheelBytes) },
      builder,
    );
    const { externalParameters } = predicate.buildDefinition;
    expect(schema.safeParse(plain(externalParameters)).error).toBeUndefined();
    expect(schema.safeParse(plain({ ...externalParameters, preload: 'evil.so' })).success).toBe(false);
  });
});
