import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { AppError } from '#core/errors/app-error.ts';
import { comparisonPredicateType, provenancePredicateType } from '#schemas/predicate-types.ts';
import type { Accepted } from '#verify/judge.ts';
import { verifyBundle, type Expectation } from '#verify/verify-bundle.ts';
import type { CliIo } from '../io.ts';
import { passed, verifyJson, verifyTable, type VerifyOutcome } from '../reports/verify-reports.ts';
import { digestOf } from '../verify/digest-of.ts';
import { besideFile, findBundles, readBundles } from '../verify/find-bundles.ts';
import { readTrust } from '../verify/read-trust.ts';

interface VerifyFlags {
  readonly bundle: readonly string[];
  readonly key: readonly string[];
  readonly builderId: readonly string[];
  readonly predicateType: readonly string[];
  readonly accept?: Accepted;
  readonly format: 'table' | 'json';
}

/** Short names of our own types; any other is given as it is. */
const types: Readonly<Record<string, string>> = {
  comparison: comparisonPredicateType,
  provenance: provenancePredicateType,
};

const repeatable = (flags: string, description: string): Option =>
  new Option(flags, description)
    .argParser((text: string, before: readonly string[]) => [...before, text])
    .default([], 'none');

/** `assay verify FILE --bundle B --key K`: offline, without any service. Exit codes: docs/cli.md. */
export function registerVerify(program: Command, io: CliIo): void {
  program
    .command('verify')
    .summary('verify what was signed about a file, offline')
    .description(
      'Verifies signed bundles about a file, without any service. Every bundle that is given has to pass. Without --bundle those next to the file are taken; none at all is exit code 3, never a pass.',
    )
    .argument('<file>', 'the published file')
    .addOption(
      repeatable('--bundle <file>', 'a Sigstore bundle, or .jsonl with one on each line; repeatable'),
    )
    .addOption(repeatable('--key <file>', 'a public key that is trusted, PEM; repeatable'))
    .addOption(repeatable('--builder-id <url>', 'the only builder that is trusted; repeatable'))
    .addOption(repeatable('--predicate-type <type>', 'comparison, provenance or a URL; repeatable'))
    .addOption(new Option('--accept <verdict>', 'a verdict taken besides reproduced').choices(['equivalent']))
    .addOption(
      new Option('--format <format>', 'what stdout gets').choices(['table', 'json']).default('table'),
    )
    .action(async (file: string, flags: VerifyFlags) => {
      const outcome = await verifyFile(io, file, flags);
      io.stdout.write(flags.format === 'json' ? verifyJson(outcome) : verifyTable(outcome));
      if (!passed(outcome)) io.exitWith(1);
    });
}

/** @throws AppError `no-policy`, `nothing-to-verify`, `usage` */
async function verifyFile(io: CliIo, file: string, flags: VerifyFlags): Promise<VerifyOutcome> {
  const trust = await readTrust(io.cwd, flags.key, flags.builderId);
  const sha256 = await digestOf(resolve(io.cwd, file), file);
  const given =
    flags.bundle.length > 0 ? await readBundles(io.cwd, flags.bundle) : await findBundles(io.cwd, file);
  if (given.length === 0) {
    throw new AppError('nothing-to-verify', `There is no bundle to verify ${file} with.`, {
      hint: `Give one with --bundle, put it next to the file (${besideFile.map((end) => `*${end}`).join(', ')}), or fetch it with \`assay attestation get\`.`,
    });
  }
  const expect: Expectation = {
    ...(flags.predicateType.length > 0 && {
      predicateTypes: flags.predicateType.map((type) => types[type] ?? type),
    }),
    ...(flags.accept && { accept: [flags.accept] }),
  };
  const bundles = given.map(({ from, bytes }) => ({
    from,
    result: verifyBundle({ bundleBytes: bytes, artifactSha256: sha256, trust, expect }),
  }));
  return { file, sha256, bundles };
}
