import type { RebuildResult } from '#schemas/rebuild.ts';
import { printable } from '#core/text/printable.ts';
import { differenceLine } from './difference-line.ts';
import { count, levelWords, sentenceOf, stateWords } from './rebuild-words.ts';

export interface RebuildReportContext {
  /** The command that verifies what was signed, fit to be copied; absent when nothing was kept. */
  readonly verifyCommand?: string;
}

const differencesMax = 20;
const membersMax = 5;

/** For people: the verdict as one sentence, then the facts. */
export function rebuildTable(result: RebuildResult, context: RebuildReportContext): string {
  const facts: [string, string | undefined][] = [
    ['published', digestOf(result.artifact.digest?.sha256)],
    ['rebuilt', digestOf(outputOf(result))],
    ['source', sourceOf(result)],
    ['recipe', recipeOf(result)],
    ['clock', clockOf(result)],
    ['level', `${result.level}: ${levelWords[result.level]}`],
    ['attempts', attemptsOf(result)],
    ['reason', result.reason && `${result.reason}${result.retryable ? ' (trying again could help)' : ''}`],
    ['rebuild', result.rebuild.id],
  ];
  const lines = facts.flatMap(([name, text]) => (text === undefined ? [] : [`  ${name.padEnd(10)} ${text}`]));
  return [
    sentenceOf(result),
    '',
    ...lines,
    ...section('set aside', passLines(result)),
    ...section('differences', differenceLines(result)),
    ...section('causes', causeLines(result)),
    ...section('findings', findingLines(result)),
    ...section(
      'signed',
      result.attestations.map(
        (attestation) => `${printable(attestation.predicateType)}  ${bundleOf(attestation)}`,
      ),
    ),
    ...(context.verifyCommand === undefined
      ? []
      : ['', 'Anyone can verify this without a service:', `  ${context.verifyCommand}`]),
    '',
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}

/** Where its bundle is, or why it has none. */
function bundleOf({ state, digest, file }: RebuildResult['attestations'][number]): string {
  if (state !== 'complete') return `${state}: ${stateWords[state]}`;
  return file === undefined ? `sha256:${digest?.sha256 ?? ''}` : printable(file);
}

function digestOf(sha256: string | undefined): string | undefined {
  return sha256 === undefined ? undefined : `sha256:${sha256}`;
}

/** The digest of the last attempt that has an output. */
function outputOf(result: RebuildResult): string | undefined {
  return result.attempts.findLast(({ output }) => output !== undefined)?.output?.digest.sha256;
}

function sourceOf({ source }: RebuildResult): string | undefined {
  if (source === undefined) return undefined;
  return `${source.kind} ${printable(source.file, 200)} sha256:${source.digest.sha256}`;
}

function recipeOf({ recipe }: RebuildResult): string | undefined {
  if (recipe === undefined) return undefined;
  const author = recipe.author === undefined ? '' : ` by ${printable(recipe.author, 200)}`;
  return `${recipe.by}${author} sha256:${recipe.digest.sha256}`;
}

const clocks = {
  none: 'not set',
  declared: 'declared by the recipe',
  'inferred-single': 'inferred from the published file as one value',
  'source-mtimes': 'the times of the source',
  replayed: 'replayed member by member',
} as const;

function clockOf({ clock }: RebuildResult): string | undefined {
  if (clock === undefined) return undefined;
  const { sourceDateEpoch } = clock;
  if (sourceDateEpoch === undefined) return clocks[clock.from];
  return `SOURCE_DATE_EPOCH=${sourceDateEpoch} (${iso(sourceDateEpoch)}), ${clocks[clock.from]}`;
}

/** A date that no calendar of ours can hold is shown as its number alone. */
function iso(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? 'beyond the calendar' : date.toISOString().replace('.000Z', 'Z');
}

function attemptsOf({ attempts }: RebuildResult): string | undefined {
  if (attempts.length === 0) return undefined;
  return attempts
    .map(
      ({ number, outcome, sandbox }) =>
        `${number} ${outcome}${sandbox ? ` in ${printable(sandbox, 60)}` : ''}`,
    )
    .join(', ');
}

function passLines({ passes }: RebuildResult): string[] {
  return passes.map((pass) => {
    const shown = pass.members.slice(0, membersMax).map((member) => printable(member, 100));
    const more = pass.membersTotal - shown.length;
    const members = `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
    return `${printable(pass.title, 200)}: ${count(pass.membersTotal, 'member')}, ${count(pass.bytes, 'byte')} (${members})`;
  });
}

function differenceLines(result: RebuildResult): string[] {
  const shown = result.differences.slice(0, differencesMax).map(differenceLine);
  const more = result.differencesTotal - shown.length;
  return more > 0 ? [...shown, `and ${more} more (see --format json)`] : shown;
}

function causeLines({ causes }: RebuildResult): string[] {
  return causes.map(
    ({ title, confidence, remedy }) => `${printable(title, 200)} (${confidence}): ${printable(remedy, 500)}`,
  );
}

function findingLines({ findings }: RebuildResult): string[] {
  return findings
    .slice(0, differencesMax)
    .map(
      ({ severity, id, detail, path }) =>
        `${severity} ${printable(id)}: ${path.map((part) => printable(part, 100)).join(' › ')} ${printable(detail, 300)}`,
    );
}
