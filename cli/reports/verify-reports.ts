import type { PolicyResult } from '#core/policy/evaluate.ts';
import type { VerifyResult } from '#verify/verify-bundle.ts';

/** What `assay verify` found of one file. */
export interface VerifyOutcome {
  readonly file: string;
  readonly sha256: string;
  readonly bundles: readonly { readonly from: string; readonly result: VerifyResult }[];
  /** Where operators were counted; then a bundle that fails counts for nobody, and the others decide. */
  readonly counted?: PolicyResult & { readonly threshold: number };
}

/** No bundle at all never passes. Without a count of operators, every bundle that was given has to. */
export function passed({ bundles, counted }: VerifyOutcome): boolean {
  if (counted) return counted.result === 'PASSED';
  return bundles.length > 0 && bundles.every(({ result }) => result.verified);
}

export function verifyJson(outcome: VerifyOutcome): string {
  const { bundles, counted } = outcome;
  const verified = bundles.filter(({ result }) => result.verified).length;
  const document = {
    schemaVersion: 1,
    verified: passed(outcome),
    file: { name: outcome.file, digest: { sha256: outcome.sha256 } },
    counts: { verified, failed: bundles.length - verified, skipped: 0, unknown: 0 },
    ...(counted && {
      policy: {
        result: counted.result,
        threshold: counted.threshold,
        operators: counted.operators,
        level: counted.level,
        missing: counted.missing,
      },
    }),
    bundles: bundles.map(({ from, result }) => ({
      bundle: from,
      verified: result.verified,
      sentence: result.sentence,
      ...(result.verified && signedJson(result)),
      checks: result.checks,
    })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function signedJson(result: VerifyResult & { verified: true }): object {
  const { statement, signer, operator, claim, level, times, logEntries } = result;
  return {
    predicateType: statement.type,
    signer,
    operator,
    builderId: claim.builderId,
    level,
    ...(claim.madeAt && { madeAt: claim.madeAt.toISOString() }),
    witnessed: { logEntries, times: times.map(({ source, at }) => ({ source, at: at.toISOString() })) },
  };
}
