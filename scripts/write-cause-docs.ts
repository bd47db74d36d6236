import { writeFile } from 'node:fs/promises';
import { describeCauses } from '#core/explain/describe-causes.ts';

/** Writes docs/causes.md from the explainers; test/core/explain/explainers.test.ts says whether it is current. */
await writeFile(new URL('../docs/causes.md', import.meta.url), describeCauses());
