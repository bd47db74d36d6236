import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparisonHtml } from '#cli/reports/comparison-html.ts';
import type { Comparison } from '#schemas/comparison.ts';

const hostile = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 });
const file = { digest: { sha256: 'a'.repeat(64) }, size: 1 };

/** A comparison in which all that others can write is `text`. */
const full = (text: string, count = 2): Comparison => ({
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
    ...(at % 2 === 0 && {
      inside: {
        format: text.slice(0, 40),
        parts: [
          { kind: 'changed' as const, name: text, a: text + 'long'.repeat(20), b: text },
          { kind: 'added' as const, name: 'line 2', a: null, b: 'new' },
        ],
        partsTotal: 3,
      },
    }),
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
  cut: [{ kind: 'unread', detail: text }],
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
          // A value of several lines is shown as such; no line of it is markup.
          const one = text.replaceAll('\n', ' ');
          expect(tags(comparisonHtml(full(one), { a: one, b: one }))).toEqual(plain);
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

  it('at 100,000 differences lays out few of them at once, loses none and stays loadable', () => {
    const page = comparisonHtml(full('x', 100_000), { a: 'x', b: 'y' });
    expect(page.length).toBeLessThan(48 * 1024 ** 2);
    for (const at of [0, 9999, 10_000, 99_999]) expect(page).toContain(`x › x${at}<`);
    expect(page.match(/<summary>\d+ to \d+ of 100000/g)).toHaveLength(500 + 10);
    // The first group and the first list in it, and what is inside of the first few.
    expect(page.match(/<details open>/g)?.length).toBeLessThan(20);
  });

  it('shows what is inside a content, and says what is not listed', () => {
    const page = comparisonHtml(full('x'), { a: 'x', b: 'y' });
    expect(page).toMatch(
      /<b class="added">\+<\/b> <code>line 2<\/code>\s*<span class="brief"><ins>new<\/ins>/,
    );
    expect(page).toContain('1 more that are not listed: --all lists more');
  });
});
