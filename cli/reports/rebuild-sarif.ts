import type { Difference } from '#schemas/comparison.ts';
import type { RebuildResult } from '#schemas/rebuild.ts';
import { printable } from '#core/text/printable.ts';
import { differenceLine } from './difference-line.ts';
import { sentenceOf } from './rebuild-words.ts';
import {
  sarifFingerprint,
  sarifLocation,
  sarifLog,
  sarifResultsMax,
  type SarifLocation,
  type SarifResult,
} from './sarif-log.ts';

const rules = {
  equivalent: 'The rebuild has other bytes, which become the same after named passes',
  different: 'The rebuild has other bytes',
  'build-failed': 'The build failed',
  'not-established': 'No verdict was established',
} as const;

/**
 * SARIF 2.1.0: no result where all is well, one for
 * each difference, else one for the verdict. Fingerprints hold no digest of what was built, so that the same problem is
 * the same alert from one version to the next.
 */
export function rebuildSarif(result: RebuildResult, version: string): string {
  return sarifLog({
    version,
    rules: Object.entries(rules).map(([id, text]) => ({ id, shortDescription: { text } })),
    results: resultsOf(result),
    automationId: `assay/rebuild/${printable(result.artifact.purl ?? result.artifact.file ?? '')}`,
    properties: {
      verdict: result.verdict,
      rebuildId: result.rebuild.id,
      differencesTotal: result.differencesTotal,
    },
  });
}

type Result = SarifResult<keyof typeof rules>;

function resultsOf(result: RebuildResult): Result[] {
  const { verdict } = result;
  if (verdict === 'reproduced') return [];
  if (verdict === 'equivalent') return [whole(result, 'equivalent', 'warning')];
  if (verdict === 'build-failed') return [whole(result, 'build-failed', 'error')];
  if (verdict !== 'different') return [whole(result, 'not-established', 'note')];
  if (result.differences.length === 0) return [whole(result, 'different', 'error')];
  return result.differences.slice(0, sarifResultsMax).map((difference) => ({
    ruleId: 'different',
    level: 'error',
    message: { text: differenceLine(difference) },
    locations: [location(result, difference.path)],
    partialFingerprints: { 'assayDifference/v1': fingerprint(result, difference) },
  }));
}

function whole(result: RebuildResult, ruleId: keyof typeof rules, level: Result['level']): Result {
  return {
    ruleId,
    level,
    message: { text: sentenceOf(result) },
    locations: [location(result, [])],
    partialFingerprints: { 'assayVerdict/v1': sarifFingerprint([subject(result), ruleId]) },
  };
}

function location(result: RebuildResult, path: readonly string[]): SarifLocation {
  return sarifLocation(result.artifact.file ?? 'artifact', path);
}

function fingerprint(result: RebuildResult, { path, kind, field }: Difference): string {
  return sarifFingerprint([subject(result), kind, field ?? '', ...path]);
}

/** The package without its version, so that an alert lives from release to release. */
function subject({ artifact }: RebuildResult): string {
  return artifact.purl?.replace(/@[^@]*$/, '') ?? artifact.file ?? '';
}
