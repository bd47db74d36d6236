import { writeFile } from 'node:fs/promises';
import { describeErrors } from '#services/api/describe-errors.ts';

/** Writes docs/errors.md from the error registry; test/services/api/document.test.ts says whether it is current. */
await writeFile(new URL('../docs/errors.md', import.meta.url), describeErrors());
