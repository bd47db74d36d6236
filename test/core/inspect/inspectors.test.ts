import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { describeInspectors } from '#core/inspect/describe-inspectors.ts';
import { inspectors } from '#core/inspect/inspectors.ts';

describe('the list of formats that are looked into', () => {
  test('is what docs/formats.md says (else: node scripts/write-format-docs.ts)', () => {
    const docs = readFileSync(new URL('../../../docs/formats.md', import.meta.url), 'utf8');
    expect(docs).toBe(describeInspectors());
  });

  test('has each id once, and ends with text and bytes, which take all that is left', () => {
    const ids = inspectors.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.slice(-2)).toEqual(['text', 'bytes']);
  });
});
