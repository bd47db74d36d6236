import { printable } from '#core/text/printable.ts';
import type { Check } from '#verify/checks.ts';
import type { VerifyResult } from '#verify/verify-bundle.ts';

/** What `assay verify` found of one file. */
export interface VerifyOutcome {
  readonly file: string;
  readonly sha256: string;
  readonly bundles: readonly { readonly from: string; readonly result: VerifyResult }[];
}

/** Every bundle that was given passed; no bundle at all never passes. */
export function passed({ bundles }: VerifyOutcome): boolean {
  return bundles.length > 0 && bundles.every(({ result }) => result.verified);
}

/** One plain sentence, then each bundle with its checks. */
export function verifyTable(outcome: VerifyOutcome): string {
  const { bundles } = outcome;
  const failed = bundles.filter(({ result }) => !result.verified);
  const file = printable(outcome.file, 200);
  const lines = [
    passed(outcome)
      ? `Verified: ${file}. ${bundles.map(({ result }) => printable(result.sentence, 1000)).join(' ')}`
      : `NOT verified: ${file}. ${failed.length} of ${bundles.length} ${bundles.length === 1 ? 'bundle' : 'bundles'} failed: ${failed.map(({ result }) => nameOfFailed(result)).join(', ')}.`,
    '',
    `  sha256  ${outcome.sha256}`,
  ];
  for (const { from, result } of bundles) {
    lines.push('', `${printable(from, 300)}: ${result.verified ? 'passed' : 'FAILED'}`);
    lines.push(...result.checks.flatMap(checkLines));
  }
  if (passed(outcome))
    lines.push('', 'This says where the bytes come from, not that they are harmless: docs/trust.md.');
  return `${lines.join('\n')}\n`;
}

function checkLines({ name, ok, expected, actual }: Check): string[] {
  const line = `  ${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(20)}`;
  return ok
    ? [`${line}  ${printable(actual, 200)}`]
    : [
        `${line}  expected  ${printable(expected, 400)}`,
        `${' '.repeat(30)}  found     ${printable(actual, 400)}`,
      ];
}

function nameOfFailed({ checks }: VerifyResult): string {
  return checks.find(({ ok }) => !ok)?.name ?? 'nothing was checked';
}

export function verifyJson(outcome: VerifyOutcome): string {
  const { bundles } = outcome;
  const verified = bundles.filter(({ result }) => result.verified).length;
  const document = {
    schemaVersion: 1,
    verified: passed(outcome),
    file: { name: outcome.file, digest: { sha256: outcome.sha256 } },
    counts: { verified, failed: bundles.length - verified, skipped: 0, unknown: 0 },
    bundles: bundles.map(({ from, result }) => ({
      bundle: from,
      verified: result.verified,
      sentence: result.sentence,
      ...(result.verified && { predicateType: result.statement.type }),
      checks: result.checks,
    })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
