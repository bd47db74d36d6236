import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { format } from 'prettier';
import { describeVariations } from '#core/vary/describe-variations.ts';

it('docs/check.md has every variation and every hold, as they are', async () => {
  const docs = await readFile(new URL('../../../docs/check.md', import.meta.url), 'utf8');
  for (const line of describeVariations().split('\n')) {
    const row = await format(line, { parser: 'markdown' });
    expect(docs.replace(/ +/g, ' ')).toContain(row.trim().replace(/ +/g, ' '));
  }
});
