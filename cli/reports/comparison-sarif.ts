import { createHash } from 'node:crypto';
import { findingCatalogue } from '#core/archive/findings.ts';
import { printable } from '#core/text/printable.ts';
import { explainers } from '#core/explain/explainers.ts';
import type { Comparison, Difference, Finding } from '#schemas/comparison.ts';
import { differenceWords, placeOf, type ComparisonNames } from './comparison-words.ts';

const resultsMax = 1000;

/** One rule for each cause and each finding, and one for what nothing explains. */
const rules: Readonly<Record<string, { text: string; help: string }>> = {
  'unexplained-difference': { text: 'The two files differ', help: 'No explainer claims this difference.' },
  ...Object.fromEntries(
    explainers.map(({ meta }) => [meta.id, { text: meta.title, help: meta.remedy }] as const),
  ),
  ...Object.fromEntries(
    Object.entries(findingCatalogue).map(([id, { title }]) => [
      `finding/${id}`,
      { text: title, help: title },
    ]),
  ),
};

const levels = { info: 'note', warning: 'warning', danger: 'error' } as const;

function fingerprint(parts: readonly (string | undefined)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** SARIF 2.1.0: a result for each difference (a note where a pass sets it aside) and each finding. */
export function comparisonSarif(comparison: Comparison, names: ComparisonNames, version: string): string {
  const ids = Object.keys(rules);
  const location = (file: string, path: readonly string[]) => ({
    physicalLocation: { artifactLocation: { uri: encodeURIComponent(printable(file, 255)) } },
    ...(path.length > 0 && {
      logicalLocations: [
        { kind: 'member', fullyQualifiedName: path.map((part) => printable(part, 300)).join('/') },
      ],
    }),
  });
  const ofDifference = (difference: Difference) => ({
    ruleId: difference.cause ?? 'unexplained-difference',
    level: difference.pass === undefined ? 'error' : 'note',
    message: { text: `${placeOf(difference.path)}: ${differenceWords(difference)}` },
    locations: [location(difference.kind === 'extra' ? names.b : names.a, difference.path)],
    partialFingerprints: {
      'assayDifference/v1': fingerprint([difference.kind, difference.field, ...difference.path]),
    },
  });
  const ofFinding = (finding: Finding) => ({
    ruleId: `finding/${finding.id}`,
    level: levels[finding.severity],
    message: { text: `${placeOf(finding.path)}: ${printable(finding.detail, 300)} (${finding.side})` },
    locations: [location(finding.side === 'b' ? names.b : names.a, finding.path)],
    partialFingerprints: { 'assayFinding/v1': fingerprint([finding.id, finding.side, ...finding.path]) },
  });
  const results = [
    ...comparison.differences.slice(0, resultsMax).map(ofDifference),
    ...comparison.findings.slice(0, resultsMax).map(ofFinding),
  ].map((result) => ({ ...result, ruleIndex: Math.max(0, ids.indexOf(result.ruleId)) }));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'assay',
            semanticVersion: version,
            rules: ids.map((id) => ({
              id,
              shortDescription: { text: rules[id]?.text },
              help: { text: rules[id]?.help },
            })),
          },
        },
        results,
        properties: {
          result: comparison.result,
          differencesTotal: comparison.differencesTotal,
          cut: comparison.cut,
        },
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}
