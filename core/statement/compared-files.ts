import { listedMax, type ComparedFiles } from '#schemas/comparison-predicate.ts';
import type { Comparison, Difference } from '#schemas/comparison.ts';
import type { Cut } from '#schemas/cut.ts';
import type { Output } from '#schemas/jobs.ts';
import { canonicalJson } from '../json/canonical.ts';

/** What a report may take of a statement; names of members are up to 4096 characters each, 16 deep. */
const comparedBytesMax = 1024 ** 2;

/**
 * A reader's report, cut to what a statement can carry: first to `listedMax`, then all lists by half until it fits.
 * Passes are never left out, only the names of their members; totals stay, and `cut` says what was left out.
 */
export function comparedFiles(output: Output, report: Comparison | undefined): ComparedFiles {
  let share = 1;
  for (;;) {
    const compared = listed(output, report, share);
    if (share === 0 || Buffer.byteLength(canonicalJson(compared)) <= comparedBytesMax) return compared;
    share = share < 0.01 ? 0 : share / 2;
  }
}

function listed(output: Output, report: Comparison | undefined, share: number): ComparedFiles {
  const head = { output: { file: output.file, digest: output.digest, size: output.size } };
  if (!report) {
    return {
      ...head,
      result: 'identical',
      passes: [],
      differences: [],
      differencesTotal: 0,
      findings: [],
      findingsTotal: 0,
      causes: [],
      cut: [],
    };
  }
  const cut: Cut[] = [...report.cut];
  const first = <T>(items: readonly T[], max: number, what?: string, total = items.length): T[] => {
    const shown = items.slice(0, Math.floor(max * share));
    if (what !== undefined && shown.length < total)
      cut.push({ kind: 'unlisted', detail: `the statement lists ${shown.length} of ${total} ${what}` });
    return shown;
  };
  return {
    ...head,
    result: report.result,
    ...(report.withoutSignatures === undefined ? {} : { withoutSignatures: report.withoutSignatures }),
    passes: report.passes.map(({ id, title, members, membersTotal, fields, bytes }) => ({
      id,
      title,
      members: first(members, listedMax.members),
      membersTotal,
      fields,
      bytes,
    })),
    differences: first(report.differences, listedMax.differences, 'differences', report.differencesTotal).map(
      withoutParts,
    ),
    differencesTotal: report.differencesTotal,
    findings: first(report.findings, listedMax.findings, 'findings'),
    findingsTotal: report.findings.length,
    causes: first(report.causes, listedMax.causes, 'causes').map(
      ({ id, title, confidence, evidence, remedy }) => ({
        id,
        title,
        confidence,
        evidence: first(evidence, listedMax.evidence),
        remedy,
      }),
    ),
    cut,
  };
}

/** Where in a content two differ is for the report: a statement says which content, and its digests are in it. */
function withoutParts(difference: Difference): Omit<Difference, 'inside'> {
  const stated = { ...difference };
  delete stated.inside;
  return stated;
}
