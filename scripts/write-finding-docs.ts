import { writeFile } from 'node:fs/promises';
import { describeFindings } from '#test/core/archive/describe-findings.ts';

/** Writes docs/findings.md; test/core/archive/findings.test.ts says whether it is current. */
await writeFile(new URL('../docs/findings.md', import.meta.url), describeFindings());
