import { writeFile } from 'node:fs/promises';
import { describeInspectors } from '#core/inspect/describe-inspectors.ts';

/** Writes docs/formats.md from the inspectors; test/core/inspect/inspectors.test.ts says whether it is current. */
await writeFile(new URL('../docs/formats.md', import.meta.url), describeInspectors());
