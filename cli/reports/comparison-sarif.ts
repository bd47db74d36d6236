import { findingCatalogue } from '#core/archive/findings.ts';
import { explainers } from '#core/explain/explainers.ts';
import { printable } from '#core/text/printable.ts';
import type { Comparison, Difference, Finding, Part } from '#schemas/comparison.ts';
import { insideLine, insideOf, partWords } from './comparison-parts.ts';
import { cutWords, differenceWords, placeOf, type ComparisonNames } from './comparison-words.ts';
import {
  sarifFingerprint,
  sarifLocation,
  sarifLog,
  sarifResultsMax,
  type SarifLocation,
  type SarifResult,
  type SarifRule,
} from './sarif-log.ts';

/** Parts of a content in the message, and as places that are related. */
const partsSaid = 3;
const partsMax = 20;

const rule = (id: string, text: string, help: string): SarifRule => ({
  id,
  shortDescription: { text },
  help: { text: help },
});

/** One rule for each cause and each finding, and one for what nothing explains. */
const rules: readonly SarifRule[] = [
  rule('unexplained-difference', 'The two files differ', 'No explainer claims this difference.'),
  ...explainers.map(({ meta }) => rule(meta.id, meta.title, meta.remedy)),
  ...Object.entries(findingCatalogue).map(([id, { title }]) => rule(`finding/${id}`, title, title)),
];
const known = new Set(rules.map(({ id }) => id));

const levels = { info: 'note', warning: 'warning', danger: 'error' } as const;

/** SARIF 2.1.0: a result for each difference (a note where a pass sets it aside) and each finding. */
export function comparisonSarif(comparison: Comparison, names: ComparisonNames, version: string): string {
  const { differences, differencesTotal, findings, cut, result } = comparison;
  const results = [
    ...differences.slice(0, sarifResultsMax).map((difference) => ofDifference(difference, names)),
    ...findings.slice(0, sarifResultsMax).map((finding) => ofFinding(finding, names)),
  ];
  const total = differencesTotal + findings.length;
  const more = 'assay diff --all --format json lists more';
  return sarifLog({
    version,
    rules,
    results,
    properties: {
      result,
      differencesTotal,
      cut: [
        ...cut.map(cutWords),
        ...(results.length < total
          ? [`results: ${results.length} of ${total} are in this log; ${more}`]
          : []),
      ],
    },
  });
}

function ofDifference(difference: Difference, names: ComparisonNames): SarifResult {
  const { cause, kind, field, path, pathB = path, pass } = difference;
  const isOfB = kind === 'extra';
  const inside = insideOf(difference);
  const found = inside === undefined ? '' : `. ${insideLine(inside, partsSaid)}`;
  return {
    ruleId: cause !== undefined && known.has(cause) ? cause : 'unexplained-difference',
    level: pass === undefined ? 'error' : 'note',
    message: { text: `${placeOf(path)}: ${differenceWords(difference)}${found}` },
    locations: [sarifLocation(isOfB ? names.b : names.a, isOfB ? pathB : path)],
    ...(kind === 'renamed' ? { relatedLocations: [otherName(pathB, names)] } : {}),
    ...(inside === undefined
      ? {}
      : {
          relatedLocations: inside.parts
            .slice(0, partsMax)
            .map((part, at) => ofPart(part, at, part.kind === 'added' ? pathB : path, names)),
        }),
    partialFingerprints: { 'assayDifference/v1': sarifFingerprint([kind, field, ...path]) },
  };
}

/** Where the second file has a member that has another name there. */
function otherName(path: readonly string[], names: ComparisonNames): SarifLocation {
  return { id: 0, message: { text: 'its name in the second file' }, ...sarifLocation(names.b, path) };
}

/** A place in a content; one in the file itself has a line or an offset that a viewer can go to. */
function ofPart(part: Part, at: number, path: readonly string[], names: ComparisonNames): SarifLocation {
  const { mark, name, brief } = partWords(part);
  const file = part.kind === 'added' ? names.b : names.a;
  const [, line] = /^lines? (\d{1,9})/.exec(part.name) ?? [];
  const { physicalLocation } = sarifLocation(file, path);
  const region =
    path.length > 0
      ? undefined
      : line !== undefined
        ? { startLine: Number(line) }
        : part.offset === undefined
          ? undefined
          : { byteOffset: part.offset };
  return {
    id: at,
    message: { text: `${mark} ${brief ?? name}` },
    physicalLocation: { ...physicalLocation, ...(region === undefined ? {} : { region }) },
    logicalLocations: [
      {
        kind: 'member',
        fullyQualifiedName: [...path.map((each) => printable(each, 300)), name].join('/'),
      },
    ],
  };
}

function ofFinding(finding: Finding, names: ComparisonNames): SarifResult {
  const { id, severity, side, path, detail } = finding;
  const ruleId = `finding/${id}`;
  return {
    ruleId: known.has(ruleId) ? ruleId : 'unexplained-difference',
    level: levels[severity],
    message: { text: `${placeOf(path)}: ${printable(detail, 300)} (${side})` },
    locations: [sarifLocation(side === 'b' ? names.b : names.a, path)],
    partialFingerprints: { 'assayFinding/v1': sarifFingerprint([id, side, ...path]) },
  };
}
