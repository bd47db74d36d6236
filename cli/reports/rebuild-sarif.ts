import { createHash } from 'node:crypto';
import type { Difference } from '#schemas/comparison.ts';
import type { RebuildResult } from '#schemas/rebuild.ts';
import { printable } from '#core/text/printable.ts';
import { differenceLine } from './difference-line.ts';
import { sentenceOf } from './rebuild-words.ts';

const resultsMax = 1000;

const rules = {
  equivalent: 'The rebuild has other bytes, which become the same after named passes',
  different: 'The rebuild has other bytes',
  'build-failed': 'The build failed',
  'not-established': 'No verdict was established',
} as const;

/**
 * SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html): no result where all is well, one for
 * each difference, else one for the verdict. Fingerprints hold no digest of what was built, so that the same problem is
 * the same alert from one version to the next.
 */
export function rebuildSarif(result: RebuildResult, version: string): string {
  const ids = Object.keys(rules) as (keyof typeof rules)[];
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'assay',
            semanticVersion: version,
            rules: ids.map((id) => ({ id, shortDescription: { text: rules[id] } })),
          },
        },
        automationDetails: {
          id: `assay/rebuild/${printable(result.artifact.purl ?? result.artifact.file ?? '')}`,
        },
        results: resultsOf(result).map((entry) => ({ ...entry, ruleIndex: ids.indexOf(entry.ruleId) })),
        properties: {
          verdict: result.verdict,
          rebuildId: result.rebuild.id,
          differencesTotal: result.differencesTotal,
        },
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

interface SarifResult {
  readonly ruleId: keyof typeof rules;
  readonly level: 'error' | 'warning' | 'note';
  readonly message: { readonly text: string };
  readonly locations: readonly unknown[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

function resultsOf(result: RebuildResult): SarifResult[] {
  const { verdict } = result;
  if (verdict === 'reproduced') return [];
  if (verdict === 'equivalent') return [whole(result, 'equivalent', 'warning')];
  if (verdict === 'build-failed') return [whole(result, 'build-failed', 'error')];
  if (verdict !== 'different') return [whole(result, 'not-established', 'note')];
  if (result.differences.length === 0) return [whole(result, 'different', 'error')];
  return result.differences.slice(0, resultsMax).map((difference) => ({
    ruleId: 'different',
    level: 'error',
    message: { text: differenceLine(difference) },
    locations: [location(result, difference.path)],
    partialFingerprints: { 'assayDifference/v1': fingerprint(result, difference) },
  }));
}

function whole(result: RebuildResult, ruleId: keyof typeof rules, level: SarifResult['level']): SarifResult {
  return {
    ruleId,
    level,
    message: { text: sentenceOf(result) },
    locations: [location(result, [])],
    partialFingerprints: { 'assayVerdict/v1': sha256([subject(result), ruleId]) },
  };
}

function location(result: RebuildResult, path: readonly string[]): unknown {
  const file = encodeURIComponent(printable(result.artifact.file ?? 'artifact', 255));
  return {
    physicalLocation: { artifactLocation: { uri: file } },
    ...(path.length > 0 && {
      logicalLocations: [
        { kind: 'member', fullyQualifiedName: path.map((part) => printable(part, 300)).join('/') },
      ],
    }),
  };
}

function fingerprint(result: RebuildResult, { path, kind, field }: Difference): string {
  return sha256([subject(result), kind, field ?? '', ...path]);
}

/** The package without its version, so that an alert lives from release to release. */
function subject({ artifact }: RebuildResult): string {
  return artifact.purl?.replace(/@[^@]*$/, '') ?? artifact.file ?? '';
}

function sha256(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
