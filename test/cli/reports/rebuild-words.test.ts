import { describe, expect, it } from 'vitest';
import { comparisonPredicateType } from '#schemas/predicate-types.ts';
import { LookupKind, Reason } from '#schemas/verdict.ts';
import { formats } from '#cli/output.ts';
import { rebuildReports } from '#cli/reports/rebuild-reports.ts';
import { exitCodeOf, sentenceOf } from '#cli/reports/rebuild-words.ts';
import { sha256Of } from '#test/harness/samples.ts';
import { differentResult, equivalentResult, sampleResult } from '#test/harness/cli/sample-result.ts';

const strict = { acceptEquivalent: false };

describe('exit codes of verdicts', () => {
  it.each([
    ['reproduced', 0],
    ['equivalent', 1],
    ['different', 1],
    ['build-failed', 1],
    ['unsupported', 3],
    ['inconclusive', 3],
    ['pending', 3],
    ['unknown', 3],
  ] as const)('%s exits %i', (verdict, code) => {
    expect(exitCodeOf(verdict, strict)).toBe(code);
  });

  it('--accept equivalent turns equivalent into 0 and nothing else', () => {
    const changed = LookupKind.options.filter(
      (verdict) => exitCodeOf(verdict, strict) !== exitCodeOf(verdict, { acceptEquivalent: true }),
    );
    expect(changed).toEqual(['equivalent']);
  });
});

describe('words of verdicts', () => {
  it.each(formats)('equivalent never shows the better word, in %s', (format) => {
    const text = rebuildReports(equivalentResult(), { verifyCommand: 'assay verify x' })[format]();
    expect(text.toLowerCase()).not.toContain('reproduced');
    expect(text.toLowerCase()).toContain('equivalent');
  });

  it.each(formats)('a difference never reads as malware, in %s', (format) => {
    const text = rebuildReports(differentResult(), {})[format]();
    expect(text).not.toMatch(/malware|malicious|tamper|attack|compromis|backdoor|suspicious|unsafe|danger/i);
  });

  it.each(['table', 'markdown', 'json'] as const)(
    'an attestation without a bundle is never shown as signed, in %s',
    (format) => {
      const attestation = {
        predicateType: comparisonPredicateType,
        subject: { sha256: sha256Of('artifact') },
        statement: { sha256: sha256Of('statement') },
      };
      for (const state of ['unlogged', 'revoked'] as const) {
        const text = rebuildReports(sampleResult({ attestations: [{ ...attestation, state }] }), {})[
          format
        ]();
        expect(text).toContain(state);
        if (format === 'table') expect(text).toContain(`${comparisonPredicateType}  ${state}: `);
      }
    },
  );

  it('a difference names members and fields', () => {
    const text = rebuildReports(differentResult(), {}).table();
    expect(text).toContain('thing/METADATA: metadata mode: published 0644, rebuilt 0755');
    expect(text).toContain('thing/METADATA: content (first at byte 17)');
  });

  it.each(['infrastructure', 'reader-failed', 'time-limit', 'memory-limit', 'reports-disagree'] as const)(
    '%s is said to be our fault or limit',
    (reason) => {
      const sentence = sentenceOf(sampleResult({ verdict: 'inconclusive', reason, detail: 'it ended' }));
      expect(sentence).toMatch(/^Not established/);
      expect(sentence).toContain('not of the package');
    },
  );

  it('no inconclusive verdict says that the build or the package failed', () => {
    for (const reason of Reason.options) {
      const sentence = sentenceOf(sampleResult({ verdict: 'inconclusive', reason, detail: 'it ended' }));
      expect(sentence).not.toMatch(/build failed|different/i);
    }
  });

  it('the level says what it does not prove', () => {
    expect(rebuildReports(sampleResult(), {}).table()).toMatch(/SLSA_BUILD_LEVEL_1: .*does not prove/);
  });

  it('only the reproduced verdict says that every byte is the same', () => {
    for (const verdict of LookupKind.options) {
      const says = sentenceOf(sampleResult({ verdict })).includes('every byte is the same');
      expect(says).toBe(verdict === 'reproduced');
    }
  });
});
