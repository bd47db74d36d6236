import type { Comparison } from '#schemas/comparison.ts';
import type { Verdict } from '#schemas/verdict.ts';

const inconclusive = (
  reason: NonNullable<Verdict['reason']>,
  retryable: boolean,
  detail: string,
): Verdict => ({
  kind: 'inconclusive',
  reason,
  retryable,
  detail,
});

/** The verdicts that the control plane itself can come to, each with its sentence. */
export const verdicts = {
  reproduced: (): Verdict => ({
    kind: 'reproduced',
    retryable: false,
    detail: 'Built again from its source, it has the same bytes as the published file.',
  }),
  equivalent: (comparison: Comparison): Verdict => ({
    kind: 'equivalent',
    retryable: false,
    detail: `The rebuilt file is not the same, bit for bit: it equals the published one only after setting aside ${list(comparison.passes.map((pass) => pass.title))}.`,
  }),
  different: (comparison: Comparison): Verdict => ({
    kind: 'different',
    retryable: false,
    detail: `The rebuilt file differs from the published one in ${comparison.differencesTotal} ${comparison.differencesTotal === 1 ? 'place' : 'places'}.`,
  }),
  readerFailed: (detail: string) => inconclusive('reader-failed', true, detail),
  reportsDisagree: () =>
    inconclusive(
      'reports-disagree',
      true,
      'Two readers of the same files gave different reports, so neither is believed.',
    ),
  infrastructure: (doing: string) =>
    inconclusive('infrastructure', true, `Our own infrastructure failed too often while ${doing}.`),
  refused: (detail: string) =>
    inconclusive(
      'infrastructure',
      true,
      `Our signer refused the report, because the bytes contradict it: ${detail}`.slice(0, 4096),
    ),
  cancelled: () => inconclusive('cancelled', true, 'Cancelled before a verdict was reached.'),
} as const;

function list(items: readonly string[]): string {
  return items.length <= 1 ? (items[0] ?? 'nothing') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
