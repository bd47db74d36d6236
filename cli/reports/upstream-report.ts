import { printable } from '#core/text/printable.ts';
import type { Claims, Digests } from '#core/upstream/claims.ts';
import type { Comparison, OurRebuild } from '#core/upstream/compare.ts';
import type { Asked } from '#services/upstream/ask.ts';
import type { JudgedStatement } from '#services/upstream/verify-found.ts';
import type { ExitCode } from '../io.ts';

/** What `assay upstream` found of one file. */
export interface UpstreamReport {
  readonly artifact: { readonly name: string; readonly digest: Digests };
  readonly digestFrom: 'taken here' | 'of the rebuild' | 'as the registry says';
  readonly asked: readonly Asked[];
  readonly ours?: OurRebuild;
  readonly statements: readonly {
    readonly statement: JudgedStatement;
    readonly comparisons: readonly Comparison[];
  }[];
}

interface Counts {
  readonly verified: number;
  readonly unidentified: number;
  readonly failed: number;
  readonly unavailable: number;
  readonly agrees: number;
  readonly contradicts: number;
  readonly notComparable: number;
}

function countsOf({ statements, asked }: UpstreamReport): Counts {
  const standing = (wanted: string): number =>
    statements.filter(({ statement }) => statement.standing === wanted).length;
  const agreement = (wanted: string): number =>
    statements
      .flatMap(({ comparisons }) => comparisons)
      // That a builder is known agrees with no rebuild; that it is not whom it says contradicts all the same.
      .filter(({ agreement: one, claim }) => one === wanted && (claim !== 'builder' || one === 'contradicts'))
      .length;
  return {
    verified: standing('verified'),
    unidentified: standing('unidentified'),
    failed: standing('failed'),
    unavailable: asked.filter(({ answer }) => answer === 'unavailable').length,
    agrees: agreement('agrees'),
    contradicts: agreement('contradicts'),
    notComparable: agreement('not-comparable'),
  };
}

/** A place that could not be asked might have contradicted: it is never as good as one that says nothing. */
export function exitOfUpstream(report: UpstreamReport): ExitCode {
  const { failed, contradicts, unavailable, verified } = countsOf(report);
  if (failed > 0 || contradicts > 0) return 1;
  if (unavailable > 0) return 5;
  return verified > 0 ? 0 : 3;
}

/** One plain sentence, then each place and each statement. */
export function upstreamTable(report: UpstreamReport): string {
  const lines = [headline(report), ''];
  for (const [name, value] of Object.entries(report.artifact.digest))
    lines.push(`  ${name}  ${value}  (${report.digestFrom})`);
  for (const { place, answer, detail } of report.asked)
    lines.push(
      `  asked   ${printable(place, 300)}: ${answerWords[answer]}${detail === undefined ? '' : `. ${printable(detail, 300)}`}`,
    );
  for (const { statement, comparisons } of report.statements)
    lines.push('', ...statementLines(statement), ...comparisons.map(comparisonLine));
  if (report.statements.some(({ statement }) => statement.standing === 'verified'))
    lines.push(
      '',
      'What others say is their word, told as such; it makes nothing of ours stronger: docs/upstream.md.',
    );
  return `${lines.join('\n')}\n`;
}

const answerWords = {
  found: 'has statements',
  nothing: 'says nothing',
  unavailable: 'COULD NOT BE ASKED',
} as const;

function headline(report: UpstreamReport): string {
  const counts = countsOf(report);
  const file = printable(report.artifact.name, 200);
  const statements = (n: number): string => `${n} ${n === 1 ? 'statement' : 'statements'}`;
  if (counts.contradicts > 0) {
    const first = report.statements
      .flatMap(({ comparisons }) => comparisons)
      .find((one) => one.agreement === 'contradicts');
    return `CONTRADICTED: ${file}. ${printable(first?.sentence ?? '', 300)}`;
  }
  if (counts.failed > 0)
    return `NOT verified: ${file}. ${counts.failed} of ${statements(report.statements.length)} failed.`;
  if (counts.unavailable > 0) return `Not established: ${file}. Not everybody could be asked.`;
  if (counts.verified === 0)
    return counts.unidentified > 0
      ? `Not established: ${file}. ${statements(counts.unidentified)} found, and nobody says that who signed may speak for it.`
      : `Not established: ${file}. Nobody was found to say anything about it.`;
  const held = report.ours
    ? `${counts.agrees} ${counts.agrees === 1 ? 'claim agrees' : 'claims agree'} with our rebuild, ${counts.notComparable} cannot be compared, none contradicts.`
    : 'Held against no rebuild of ours (--rebuild, --comparison).';
  return `Verified: ${file}. ${statements(counts.verified)} by others. ${held}`;
}

function statementLines(statement: JudgedStatement): string[] {
  const from = printable(statement.from, 300);
  if (statement.standing === 'failed') {
    const failed = statement.checks.find(({ ok }) => !ok);
    return [
      `${from}: FAILED`,
      ...(failed
        ? [
            `  FAILED  ${failed.name}`,
            `          expected  ${printable(failed.expected, 400)}`,
            `          found     ${printable(failed.actual, 400)}`,
          ]
        : []),
    ];
  }
  const { claims, by, times, standing } = statement;
  const when = times.map(({ at, source }) => `${at.toISOString()} (${source})`).join(', ');
  const identity = statement.checks.find(({ name }) => name === 'identity' || name === 'key-usage');
  return [
    `${from}: ${standing === 'verified' ? 'verified' : 'UNIDENTIFIED'}`,
    `  they say  ${printable(sentenceOf(claims), 600)}`,
    `  signed    by ${printable(by, 400)}${when === '' ? '' : `, ${when}`}`,
    `  allowed   ${printable(identity?.expected ?? '', 400)}`,
  ];
}

/** Their claim, in words that leave it theirs. */
function sentenceOf({ kind, predicateType, builder, source, verdict, subjects }: Claims): string {
  const who = builder ?? 'somebody';
  const from = source
    ? ` from ${source.repository}${source.commit === undefined ? '' : ` at ${source.commit}`}`
    : '';
  const many = subjects.length > 1 ? ` and ${subjects.length - 1} more` : '';
  switch (kind) {
    case 'provenance':
      return `${who} built this file${many}${from}.`;
    case 'publication':
      return `this file${many} was taken in by its registry; how it was made is not said.`;
    case 'rebuild':
      return `${who} built it again${from}.`;
    case 'equivalence':
      return verdict === 'reproduced'
        ? `${who} built it again and got the same bytes.`
        : `${who} built it again and got the same only after its own normalisation.`;
    case 'comparison':
      return `${who} built it again: ${verdict ?? 'no verdict'}.`;
    case 'other':
      return `something of type ${predicateType}, which is not read here.`;
  }
}

const agreementWords = {
  agrees: 'agrees     ',
  contradicts: 'CONTRADICTS',
  'not-comparable': 'no compare ',
} as const;

function comparisonLine({ claim, agreement, sentence, theirs, ours }: Comparison): string {
  const words = `  ${agreementWords[agreement]}  ${claim.padEnd(10)}  ${printable(sentence, 300)}`;
  return agreement === 'contradicts'
    ? `${words}\n               theirs  ${printable(theirs, 300)}\n               ours    ${printable(ours, 300)}`
    : words;
}

export function upstreamJson(report: UpstreamReport): string {
  const { artifact, digestFrom, asked, ours, statements } = report;
  const document = {
    schemaVersion: 1,
    file: { ...artifact, digestFrom },
    counts: countsOf(report),
    asked,
    ...(ours && { rebuild: ours }),
    statements: statements.map(({ statement, comparisons }) => ({
      from: statement.from,
      standing: statement.standing,
      ...(statement.standing !== 'failed' && {
        by: statement.by,
        signer: statement.signer,
        times: statement.times.map(({ at, source }) => ({ at: at.toISOString(), source })),
        claims: statement.claims,
      }),
      checks: statement.checks,
      comparisons,
    })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
