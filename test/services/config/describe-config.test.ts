import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { describeConfig } from '#services/config/describe-config.ts';

describe('docs/configuration.md', () => {
  it('is what the schemas say (write it again with scripts/write-config-docs.ts)', async () => {
    expect(await readFile(new URL('../../../docs/configuration.md', import.meta.url), 'utf8')).toBe(
      describeConfig(),
    );
  });

  it('explains every variable', () => {
    const unexplained = describeConfig()
      .split('\n')
      .filter((line) => /\|\s*\|$/.test(line) && line.startsWith('| `'));
    expect(unexplained).toEqual([]);
  });

  it('lets only the attester name the signing key, and only the api the database', () => {
    const sections = describeConfig().split('\n## ').slice(1);
    const naming = (variable: string) =>
      sections
        .filter((section) => section.includes(`\`${variable}\``))
        .map((section) => section.split('\n')[0]);
    expect(naming('ASSAY_SIGNING_KEY_FILE')).toEqual(['workers/attest']);
    expect(naming('ASSAY_DATABASE_URL')).toEqual(['services/api']);
    expect(naming('ASSAY_GATEWAY_KEY')).toEqual(['services/api', 'services/gateway']);
  });
});
