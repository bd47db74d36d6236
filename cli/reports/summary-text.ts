import { printable } from '#core/text/printable.ts';
import type { Summary } from '#schemas/summary.ts';

/** For people: what it came to, what the policy asks for and is not so, and what `SLSA_BUILD_REPRODUCED` lacks. */
export function summaryText({ policy, outcome, bundle }: Summary): string {
  const name = policy.name === undefined ? '' : ` ${printable(policy.name)}`;
  if (!outcome) return `The policy${name} is not judged yet.\n`;
  const passed = outcome.result === 'PASSED';
  return [
    passed
      ? `PASSED: it meets the policy${name}, with ${outcome.verifiedLevels.join(' and ')}.`
      : `FAILED: it does not meet the policy${name}.`,
    ...(passed ? [] : outcome.missing).map(
      ({ requirement, expected, actual }) =>
        `  ${printable(requirement)}: asked for ${printable(expected)}; found ${printable(actual)}`,
    ),
    ...(outcome.reproduced.holds
      ? []
      : [
          'For SLSA_BUILD_REPRODUCED it lacks:',
          ...outcome.reproduced.missing.map((each) => `  ${printable(each)}`),
        ]),
    `policy sha256:${policy.digest.sha256}`,
    ...(bundle ? [`signed as sha256:${bundle.digest.sha256}`] : []),
    '',
  ].join('\n');
}
