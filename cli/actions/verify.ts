import { resolve } from 'node:path';
import { AppError } from '#core/errors/app-error.ts';
import { verifyBundle } from '#verify/verify-bundle.ts';
import { verifyQuorum } from '#verify/verify-quorum.ts';
import type { CliIo } from '../io.ts';
import { passed, verifyJson, type VerifyOutcome } from '../reports/verify-reports.ts';
import { verifyTable } from '../reports/verify-table.ts';
import { digestsOf } from '../verify/digest-of.ts';
import { besideFile, findBundles, readBundles } from '../verify/find-bundles.ts';
import { readDemand } from '../verify/read-demand.ts';
import { readTrust } from '../verify/read-trust.ts';
import type { VerifyFlags } from '../verify/verify-flags.ts';

export async function verify(io: CliIo, file: string, flags: VerifyFlags): Promise<void> {
  const outcome = await verifyFile(io, file, flags);
  io.stdout.write(flags.format === 'json' ? verifyJson(outcome) : verifyTable(outcome));
  if (!passed(outcome)) io.exitWith(1);
}

/** @throws AppError `no-policy`, `nothing-to-verify`, `usage` */
async function verifyFile(io: CliIo, file: string, flags: VerifyFlags): Promise<VerifyOutcome> {
  const { expect, quorum, keys } = await readDemand(io, flags);
  const trust = await readTrust(io.cwd, {
    keyFiles: flags.key,
    keys,
    ...(flags.trustedRoot !== undefined && { trustedRoot: flags.trustedRoot }),
    ...(flags.witnesses && { witnesses: flags.witnesses }),
    documentKeys: quorum !== undefined || flags.builderId.length > 0,
  });
  const { sha256, sha512 } = await digestsOf(resolve(io.cwd, file), file);
  const given =
    flags.bundle.length > 0 ? await readBundles(io.cwd, flags.bundle) : await findBundles(io.cwd, file);
  if (given.length === 0) {
    throw new AppError('nothing-to-verify', `There is no bundle to verify ${file} with.`, {
      hint: `Give one with --bundle, put it next to the file (${besideFile.map((end) => `*${end}`).join(', ')}), or fetch it with \`assay attestation get\`.`,
    });
  }
  const about = { artifactSha256: sha256, artifactSha512: sha512, trust };
  const from = given.map((one) => one.from);
  if (quorum) {
    const counted = verifyQuorum({ ...about, bundles: given.map(({ bytes }) => bytes), quorum, expect });
    const bundles = counted.bundles.map((result, n) => ({ from: from[n] ?? '', result }));
    return { file, sha256, bundles, counted: { ...counted, threshold: quorum.threshold } };
  }
  const bundles = given.map(({ from: path, bytes }) => ({
    from: path,
    result: verifyBundle({ ...about, bundleBytes: bytes, expect }),
  }));
  return { file, sha256, bundles };
}
