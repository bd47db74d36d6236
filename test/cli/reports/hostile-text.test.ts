import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rebuildReports } from '#cli/reports/rebuild-reports.ts';
import { sampleResult } from '#test/harness/cli/sample-result.ts';

const hostile = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 });

/** A result in which all that others can write is `text`. */
const full = (text: string) =>
  sampleResult({
    verdict: 'different',
    detail: text,
    artifact: { purl: `pkg:pypi/${text}@1`, file: text },
    source: { kind: 'tarball', file: text, digest: { sha256: 'a'.repeat(64) } },
    differences: [{ kind: 'metadata', path: [text, text], field: 'mode', a: text, b: text, detail: text }],
    differencesTotal: 1,
    findings: [{ id: 'f', severity: 'info', side: 'a', path: [text], detail: text }],
    causes: [{ id: 'c', title: text, confidence: 'possible', evidence: [], remedy: text }],
    passes: [{ id: 'p', title: text, members: [text], membersTotal: 1, fields: [], bytes: 1 }],
  });

describe('hostile text in reports', () => {
  it('nothing that moves a cursor, hides or reorders text reaches a terminal or a comment', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const reports = rebuildReports(full(text), {});
        for (const shown of [reports.table(), reports.markdown()]) {
          expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Bidi_Control}\u2028\u2029]/u);
        }
      }),
    );
  });

  it('no text adds a line to the table', () => {
    const lines = rebuildReports(full('x'), {}).table().split('\n').length;
    fc.assert(
      fc.property(hostile, (text) => {
        expect(rebuildReports(full(text), {}).table().split('\n')).toHaveLength(lines);
      }),
    );
  });

  it('a comment holds no link, mention, image or HTML that somebody else wrote', () => {
    const text = 'a ](http://evil.test) @everyone <img src=x> `code` ![x](y) | b https://evil.test';
    const markdown = rebuildReports(full(text), {}).markdown();
    const outsideCode = markdown.replace(/(`+)[\s\S]*?\1/g, '');
    expect(outsideCode).not.toMatch(/@everyone|(?<!\\)<img|https?:\/\/|(?<!\\)\]\(/);
  });

  it('SARIF stays JSON whose messages are escaped', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const sarif = JSON.parse(rebuildReports(full(text), {}).sarif()) as {
          runs: { results: { message: { text: string } }[] }[];
        };
        for (const { message } of sarif.runs[0]?.results ?? [])
          expect(message.text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }),
    );
  });
});
