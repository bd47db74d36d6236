import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparisonHtml } from '#cli/reports/comparison-html.ts';
import type { Comparison } from '#schemas/comparison.ts';

const hostile = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 });
const file = { digest: { sha256: 'a'.repeat(64) }, size: 1 };

/** A comparison in which all that others can write is `text`. */
const full = (text: string, count = 1): Comparison => ({
  schemaVersion: 1,
  result: 'different',
  a: file,
  b: file,
  differences: Array.from({ length: count }, (_, at) => ({
    kind: 'content' as const,
    path: [text, `${text}${at}`],
    a: text,
    b: text,
    detail: text,
  })),
  differencesTotal: count,
  findings: [{ id: 'bomb', severity: 'danger', side: 'a', path: [text], detail: text }],
  causes: [
    {
      id: 'c',
      title: 'A cause',
      confidence: 'likely',
      evidence: [{ path: [text], field: 'mtime', a: text, b: text }],
      remedy: 'Fix it.',
    },
  ],
  passes: [{ id: 'p', title: 'A pass', members: [text], membersTotal: 1, fields: ['mtime'], bytes: 1 }],
  cut: [text],
});

/** The tags of a page, attributes and all. */
const tags = (page: string): string[] => page.match(/<[^>]*>/g) ?? [];

describe('the report of a comparison as a page', () => {
  it('has the same tags whatever the files wrote', () => {
    const plain = tags(comparisonHtml(full('x'), { a: 'x', b: 'x' }));
    fc.assert(
      fc.property(
        fc.oneof(hostile, fc.constantFrom('<script>alert(1)</script>', '"><img src=x onerror=y>', "'--><b>")),
        (text) => {
          expect(tags(comparisonHtml(full(text), { a: text, b: text }))).toEqual(plain);
        },
      ),
    );
  });

  it('shows no character that hides, reorders or moves', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const page = comparisonHtml(full(text), { a: text, b: text });
        expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Bidi_Control}\u2028\u2029]/u);
      }),
    );
  });

  it('runs nothing and loads nothing', () => {
    const page = comparisonHtml(full('x'), { a: 'x', b: 'y' });
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\bsrc=|\bhref=|\bon[a-z]+=|url\(|@import/i);
  });

  it('folds a long list into parts, and loses none of it', () => {
    const page = comparisonHtml(full('x', 1000), { a: 'x', b: 'y' });
    expect(page.match(/<details ?>\s*<summary>\d+ to \d+ of 1000/g)).toHaveLength(4);
    for (const at of [0, 199, 200, 999]) expect(page).toContain(`x › x${at}<`);
  });
});
