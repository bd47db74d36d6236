import { describe, expect, it } from 'vitest';
import type { CheckInput, CheckReport } from '#schemas/check.ts';
import { checkMarkdown } from '../../../cli/reports/check-markdown.ts';
import { checkTable } from '../../../cli/reports/check-table.ts';
import { exitCodeOfCheck, isAccepted } from '../../../cli/reports/check-words.ts';

const sha256 = 'a'.repeat(64);
const reportOf = (over: Partial<CheckReport> = {}): CheckReport => ({
  schemaVersion: 1,
  result: 'not-reproducible',
  detail: 'Builds differ.',
  bytes: 'equivalent',
  outputs: [{ path: 'dist/thing.whl', digest: { sha256 }, size: 9 }],
  environment: { sandbox: 'bubblewrap: bwrap 0.8.0', rootfs: { sha256 } },
  varied: [{ id: 'umask', title: 'the umask', how: '0022 → 0002', outcome: 'differs' }],
  held: [],
  causes: [],
  differing: [],
  unexplained: 0,
  builds: 2,
  buildsMax: 40,
  cut: [],
  ...over,
});
const input = (file: string, over: Partial<CheckInput> = {}): CheckInput => ({
  file,
  digest: { sha256 },
  size: 3,
  ...over,
});
const table = (report: CheckReport, accepted = false): string =>
  checkTable(report, { candidate: undefined, accepted, colour: false, all: false });

describe('--accept equivalent', () => {
  it.for([
    ['builds that differ in what passes set aside', {}, true],
    ['a candidate that does', { result: 'candidate-differs' }, true],
    ['other differences', { bytes: 'different' }, false],
    ['bytes of which nothing is known', { bytes: undefined }, false],
    ['a build that fails', { result: 'build-failed' }, false],
    ['what was not established', { result: 'not-established' }, false],
    ['a build that fails under a variation', { failed: 1 }, false],
  ] as const)('judges %s', ([, over, accepted]) => {
    const report = reportOf(over as Partial<CheckReport>);
    expect(isAccepted(report, 'equivalent')).toBe(accepted);
    expect(isAccepted(report, undefined)).toBe(false);
    expect(exitCodeOfCheck(report)).not.toBe(0);
  });

  it('is said in so many words, and never as reproducible', () => {
    for (const text of [table(reportOf(), true), checkMarkdown(reportOf(), undefined, true)]) {
      expect(text).toContain('Not reproducible: Builds differ.');
      expect(text).toContain('Accepted as equivalent, not identical');
    }
    expect(table(reportOf())).not.toContain('Accepted');
  });
});

describe('inputs of a registry', () => {
  const many = Array.from({ length: 12 }, (_, index) => input(`file-${index}.whl`));

  it('are listed with their digests, folded where they are many', () => {
    const text = table(reportOf({ inputs: many }));
    expect(text).toContain('From the registry: 12 files, the same for all builds:');
    expect(text).toContain(`file-9.whl  sha256:${sha256}, 3 bytes`);
    expect(text).toContain('… 2 more (--all shows them)');
  });

  it('that only some builds were given come first, and are called dependency drift', () => {
    const drift = input('odd\u001b[31m.whl', { only: ['varying the time'] });
    const report = reportOf({ inputs: [...many, drift] });
    const text = table(report);
    expect(text).toContain(
      'Dependency drift: 1 of 13 files from the registry went to some builds and not to others',
    );
    expect(text.indexOf('only: varying the time')).toBeLessThan(text.indexOf('file-0.whl'));
    const markdown = checkMarkdown(report, undefined, false);
    expect(markdown).toContain('only: varying the time');
    for (const shown of [text, markdown]) expect(shown).not.toContain('\u001b');
  });
});

describe('a build by the recipe that fails', () => {
  const failed = reportOf({
    result: 'build-failed',
    outputs: [],
    varied: [{ id: 'umask', title: 'the umask', how: '0022 → 0002', outcome: 'not-tried' }],
    log: ['first', 'last\u202e'],
  });

  it('is shown with the end of its log, and without all that was not tried', () => {
    const text = table(failed);
    expect(text).toMatch(/the end of the log:\n {2}first\n {2}last/);
    expect(text).not.toContain('\u202e');
    expect(text).not.toContain('the umask');
    expect(checkMarkdown(failed, undefined, false)).toContain('first');
  });
});
