import { signerName } from '#core/policy/judge-claim.ts';
import { printable } from '#core/text/printable.ts';
import { witnessText } from '#verify/check-signature.ts';
import type { Check } from '#verify/checks.ts';
import type { VerifyResult } from '#verify/verify-bundle.ts';
import { passed, type VerifyOutcome } from './verify-reports.ts';

/** One plain sentence, then each bundle: who signed, by what it was witnessed, when, which level, and every check. */
export function verifyTable(outcome: VerifyOutcome): string {
  const { bundles, counted } = outcome;
  const lines = [headline(outcome), '', `  sha256  ${outcome.sha256}`];
  for (const { from, result } of bundles) {
    const failed = counted ? 'NOT counted' : 'FAILED';
    lines.push('', `${printable(from, 300)}: ${result.verified ? 'passed' : failed}`);
    if (result.verified) lines.push(...signedLines(result), '');
    lines.push(...result.checks.flatMap(checkLines));
  }
  if (passed(outcome))
    lines.push('', 'This says where the bytes come from, not that they are harmless: docs/trust.md.');
  return `${lines.join('\n')}\n`;
}

function headline(outcome: VerifyOutcome): string {
  const { bundles, counted } = outcome;
  const file = printable(outcome.file, 200);
  const failed = bundles.filter(({ result }) => !result.verified);
  const said = bundles
    .filter(({ result }) => result.verified)
    .map(({ result }) => printable(result.sentence, 1000))
    .join(' ');
  if (!counted) {
    if (passed(outcome)) return `Verified: ${file}. ${said}`;
    const names = failed.map(({ result }) => nameOfFailed(result)).join(', ');
    return `NOT verified: ${file}. ${failed.length} of ${bundles.length} ${bundles.length === 1 ? 'bundle' : 'bundles'} failed: ${names}.`;
  }
  const operators = counted.operators.map((operator) => printable(operator, 100)).join(', ') || 'none';
  const asked = `${counted.threshold} asked for: ${operators}`;
  const aside =
    failed.length === 0
      ? ''
      : ` ${failed.length} of ${bundles.length} bundles did not count: ${failed.map(({ result }) => nameOfFailed(result)).join(', ')}.`;
  return passed(outcome)
    ? `Verified: ${file}. ${counted.operators.length} operators, of ${asked}. ${said}${aside}`
    : `NOT verified: ${file}. ${counted.operators.length} operators count, of ${asked}.${aside}`;
}

function signedLines(result: VerifyResult & { verified: true }): string[] {
  const { signer, operator, claim, times, logEntries } = result;
  const name = signerName(signer);
  const by = operator === name ? name : `${name}, operator ${operator}`;
  const witnessed = times.some(({ at }) => at.getTime() === claim.madeAt?.getTime());
  const made = claim.madeAt
    ? `${claim.madeAt.toISOString()}, ${witnessed ? 'as it was witnessed' : 'as it says itself'}`
    : 'it does not say';
  const level = result.checks.find((check) => check.name === 'level')?.actual ?? result.level;
  const facts: readonly [string, string][] = [
    ['signed by', by],
    ['for', claim.builderId],
    ['witnessed', witnessText(times, logEntries)],
    ['made', made],
    ['level', level],
  ];
  return facts.map(([label, text]) => `  ${label.padEnd(11)}${printable(text, 400)}`);
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
