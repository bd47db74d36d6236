import { writeFile } from 'node:fs/promises';
import { describeConfig } from '#services/config/describe-config.ts';

/** Writes docs/configuration.md from the schemas; test/services/config/describe-config.test.ts says whether it is current. */
await writeFile(new URL('../docs/configuration.md', import.meta.url), describeConfig());
