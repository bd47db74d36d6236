import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Level } from '#schemas/level.ts';
import {
  comparisonPredicateType,
  provenancePredicateType,
  vsaPredicateType,
} from '#schemas/predicate-types.ts';
import type { Accepted, SourceExpectation } from '#verify/expectation.ts';
import type { Thresholds } from '#verify/trust.ts';
import { shortFormatOption } from '../output.ts';
import { refusePassOption } from '../pass-options.ts';

/** What the command line of `assay verify` says. */
export interface VerifyFlags {
  readonly bundle: readonly string[];
  readonly key: readonly string[];
  readonly trustedRoot?: string;
  readonly identity: readonly string[];
  readonly identityPattern: readonly string[];
  readonly issuer?: string;
  readonly builderId: readonly string[];
  readonly source?: string;
  readonly sourceDigest?: NonNullable<SourceExpectation['digest']>;
  readonly level?: Level;
  readonly maxLevel?: Level;
  readonly predicateType: readonly string[];
  readonly maxAge?: number;
  readonly resourceUri?: string;
  readonly summaryPolicy: readonly string[];
  readonly witnesses?: Thresholds;
  readonly accept?: Accepted;
  readonly refusePass?: readonly string[];
  readonly rebuilders?: string;
  readonly threshold?: number;
  readonly policy?: string;
  readonly format: 'table' | 'json';
}

/** Short names of the types that Assay signs; any other is given as it is. */
const types: Readonly<Record<string, string>> = {
  comparison: comparisonPredicateType,
  provenance: provenancePredicateType,
  summary: vsaPredicateType,
};

export function addVerifyOptions(command: Command): Command {
  const options = [
    repeatable('--bundle <file>', 'a Sigstore bundle, or .jsonl with one on each line; repeatable'),
    repeatable('--key <file>', 'a public key that is trusted, PEM; repeatable'),
    new Option(
      '--trusted-root <file>',
      'authorities, logs and keys: a Sigstore trusted_root.json, or what `assay trusted-root` prints',
    ),
    new Option(
      '--witnesses <which>',
      'what has to witness a signature: log, time, log,time (default: log,time for a certificate, none for a key)',
    ).argParser(parseWitnesses),
    repeatable('--identity <name>', 'whom a certificate has to name, exactly; repeatable'),
    repeatable('--identity-pattern <p>', 'the same with * (no slash) and ** (any text); repeatable'),
    new Option('--issuer <url>', 'who vouches for the identity, exactly'),
    repeatable('--builder-id <url>', 'the only builder that is trusted; repeatable'),
    new Option('--source <uri>', 'what it has to have been built from'),
    new Option('--source-digest <alg:hex>', 'the same by digest: sha256:… or gitCommit:…').argParser(
      parseDigest,
    ),
    new Option('--level <n>', 'the SLSA build level that it has to reach').argParser(parseLevel),
    new Option(
      '--max-level <n>',
      'the level up to which the key or identity is believed (default: 1)',
    ).argParser(parseLevel),
    repeatable(
      '--predicate-type <type>',
      'comparison, provenance, summary or a URL; repeatable',
      (type) => types[type] ?? type,
    ),
    new Option('--max-age <time>', 'refuse what is older, such as 30d or 12h').argParser(parseAge),
    new Option('--resource-uri <uri>', 'what a summary has to be about'),
    repeatable('--summary-policy <sha256>', 'a policy that a summary may be about; repeatable', parseSha256),
    new Option('--accept <verdict>', 'a verdict taken besides reproduced').choices(['equivalent']),
    refusePassOption('a pass that an equivalent may not rest on, or all (repeatable): docs/passes.md'),
    new Option('--rebuilders <file>', 'whom to believe: docs/policy.md'),
    new Option('--threshold <k>', 'how many operators of --rebuilders have to say it').argParser(parseCount),
    new Option('--policy <file>', 'all that has to be so: docs/policy.md'),
    shortFormatOption(),
  ];
  for (const option of options) command.addOption(option);
  return command;
}

function repeatable(flags: string, description: string, read = (text: string): string => text): Option {
  return new Option(flags, description)
    .argParser((text: string, before: readonly string[]) => [...before, read(text)])
    .default([], 'none');
}

/** `2`, `L2` or `SLSA_BUILD_LEVEL_2`. */
function parseLevel(text: string): Level {
  const [, number] = /^(?:SLSA_BUILD_LEVEL_|L)?([0-3])$/.exec(text) ?? [];
  if (number !== undefined) return `SLSA_BUILD_LEVEL_${number as '0' | '1' | '2' | '3'}`;
  throw new InvalidArgumentError('a level is 0, 1, 2 or 3');
}

const unitsMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds. */
function parseAge(text: string): number {
  const [, count, unit] = /^([1-9]\d{0,4})([mhd])$/.exec(text) ?? [];
  if (count !== undefined && unit !== undefined) return Number(count) * (unitsMs[unit] ?? 0);
  throw new InvalidArgumentError('an age is a whole number of minutes, hours or days: 90m, 12h, 30d');
}

/** What is named is needed once, what is not is not; a certificate needs a trusted time whatever is named. */
function parseWitnesses(text: string): Thresholds {
  const named = text.split(',');
  if (named.every((name) => name === 'log' || name === 'time'))
    return { logEntries: named.includes('log') ? 1 : 0, timestamps: named.includes('time') ? 1 : 0 };
  throw new InvalidArgumentError('log, time, or log,time');
}

function parseCount(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('a whole number from 1 on');
}

function parseDigest(text: string): NonNullable<SourceExpectation['digest']> {
  const [, algorithm, value] = /^([A-Za-z0-9]{1,20}):([0-9a-f]{40,128})$/.exec(text) ?? [];
  if (algorithm !== undefined && value !== undefined) return { algorithm, value };
  throw new InvalidArgumentError('an algorithm and lower-case hex digits: sha256:… or gitCommit:…');
}

function parseSha256(text: string): string {
  const [, hex] = /^(?:sha256:)?([0-9a-f]{64})$/.exec(text) ?? [];
  if (hex !== undefined) return hex;
  throw new InvalidArgumentError('a sha256 of 64 lower-case hex digits');
}
