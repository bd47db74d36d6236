import { writeFile } from 'node:fs/promises';
import { format } from 'prettier';
import { describeApi } from '#services/api/describe-api.ts';

/** Writes docs/openapi.json from the routes; test/services/api/document.test.ts says whether it is current. */
const text = await format(JSON.stringify(describeApi()), { parser: 'json', printWidth: 110 });
await writeFile(new URL('../docs/openapi.json', import.meta.url), text);
