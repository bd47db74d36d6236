import type { LookupKind, Reason } from '#schemas/verdict.ts';
import type { AttestationState, RebuildResult } from '#schemas/rebuild.ts';
import type { Level } from '#schemas/level.ts';
import { printable } from '#core/text/printable.ts';
import type { ExitCode } from '../io.ts';

/** The exit code that a verdict gives (docs/cli.md). The format never changes it. */
export function exitCodeOf(verdict: LookupKind, options: { acceptEquivalent: boolean }): ExitCode {
  if (verdict === 'reproduced') return 0;
  if (verdict === 'equivalent') return options.acceptEquivalent ? 0 : 1;
  return verdict === 'different' || verdict === 'build-failed' ? 1 : 3;
}

/** What was rebuilt, in a few words: the file, and the package where one is known. */
export function subjectOf(result: RebuildResult): string {
  const { file, purl } = result.artifact;
  const name = file === undefined ? undefined : printable(file, 200);
  const packageUrl = purl === undefined ? undefined : printable(purl, 300);
  if (name !== undefined && packageUrl !== undefined) return `${name} (${packageUrl})`;
  return name ?? packageUrl ?? 'the artifact';
}

const sources = {
  sdist: 'its source distribution',
  tarball: 'its source tarball',
  folder: 'the source that was supplied',
} as const;

/**
 * The verdict as one plain sentence. Rules: `equivalent` never shows the word for the better verdict; a difference says
 * that a build was not repeated and nothing of anybody's intent; what is our own fault is said to be ours.
 */
export function sentenceOf(result: RebuildResult): string {
  const subject = subjectOf(result);
  const source = result.source === undefined ? 'its source' : sources[result.source.kind];
  const detail = printable(result.detail, 1000);
  switch (result.verdict) {
    case 'reproduced':
      return `Reproduced: ${subject} was built again from ${source}, and every byte is the same.`;
    case 'equivalent':
      return `Equivalent: ${subject} was built again from ${source}; the bytes are not the same, but become the same after ${passesOf(result)}.`;
    case 'different':
      return `Different: ${subject} was built again from ${source}, and the result has other bytes (${count(result.differencesTotal, 'difference')}). This build was not repeated; that alone says nothing about why.`;
    case 'build-failed':
      return `Build failed: ${subject} could not be built again from ${source}: ${detail}`;
    case 'unsupported':
      return `Not established: there is no way yet to rebuild ${subject}: ${detail}`;
    case 'inconclusive':
      return `Not established for ${subject}: ${detail}${whose(result.reason)}`;
    case 'pending':
      return `Under way: ${subject} is being rebuilt; there is no verdict yet.`;
    case 'unknown':
      return `Unknown: nothing is known of ${subject}.`;
  }
}

function passesOf(result: RebuildResult): string {
  const titles = result.passes.map(({ title }) => printable(title, 200));
  return titles.length === 0 ? 'normalising' : `setting aside: ${titles.join('; ')}`;
}

/** Reasons that are this service's own fault or limit, never the package's. */
const ours: ReadonlySet<Reason> = new Set([
  'infrastructure',
  'reader-failed',
  'reports-disagree',
  'time-limit',
  'cpu-limit',
  'memory-limit',
  'disk-limit',
  'process-limit',
  'log-limit',
  'output-limit',
]);

function whose(reason: Reason | undefined): string {
  if (reason === undefined || !ours.has(reason)) return '';
  return ' (this is a fault or a limit of this rebuild, not of the package)';
}

/** What a level is, and what it does not prove. https://slsa.dev/spec/v1.2/build-track-basics */
export const levelWords: Readonly<Record<Level, string>> = {
  SLSA_BUILD_LEVEL_0: 'no claim about the rebuild itself',
  SLSA_BUILD_LEVEL_1:
    'there is provenance of the rebuild; it does not prove that whoever runs this machine could not have changed it',
  SLSA_BUILD_LEVEL_2:
    'hosted and signed by the service; it does not prove that one build could not have influenced another',
  SLSA_BUILD_LEVEL_3: 'hosted, signed and isolated; it does not prove that the source is what it should be',
};

/** Why an attestation has no bundle, and what becomes of it. */
export const stateWords: Readonly<Record<Exclude<AttestationState, 'complete'>, string>> = {
  unlogged:
    'stated and kept, but what signs it or witnesses it could not be reached; the service completes it by itself',
  revoked: 'its key was revoked, so it proves nothing; the service signs it again with the present key',
};

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
