import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';
import { jsonSchemas } from '#core/statement/json-schemas.ts';

/** Writes docs/schemas/*.json from the zod schemas. test/core/statement/json-schemas.test.ts says when it is due. */
const folder = join(import.meta.dirname, '../docs/schemas');
await mkdir(folder, { recursive: true });
for (const [name, schema] of Object.entries(jsonSchemas())) {
  const path = join(folder, name);
  await writeFile(path, await format(JSON.stringify(schema), { parser: 'json', printWidth: 110 }));
}
