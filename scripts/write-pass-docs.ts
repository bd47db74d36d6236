import { writeFile } from 'node:fs/promises';
import { describePasses } from '#core/normalize/describe-passes.ts';

/** Writes docs/passes.md from the passes; test/core/normalize/passes.test.ts says whether it is current. */
await writeFile(new URL('../docs/passes.md', import.meta.url), describePasses());
