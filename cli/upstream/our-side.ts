import { createHash } from 'node:crypto';
import { AppError } from '#core/errors/app-error.ts';
import type { Digests } from '#core/upstream/claims.ts';
import type { OurRebuild } from '#core/upstream/compare.ts';
import { rebuildOfComparison, rebuildOfResult } from '#core/upstream/our-rebuild.ts';
import { sameBytes } from '#core/upstream/read-claims.ts';
import { ComparisonPredicate } from '#schemas/comparison-predicate.ts';
import { bundleBytesMax } from '#schemas/statement.ts';
import type { UpstreamTrust } from '#services/upstream/open-trust.ts';
import { readBundles } from '#services/upstream/shapes/read-bundles.ts';
import { verifyFound } from '#services/upstream/verify-found.ts';
import type { AssayClient } from '../client/client.ts';
import type { CliIo } from '../io.ts';
import { withService } from '../service/open-service.ts';
import type { UpstreamFlags } from './flags.ts';
import { readBytes } from './trust.ts';

/** Of a rebuild that a service has: what it found, and under which purl and file name. */
export interface ServiceRebuild {
  readonly ours: OurRebuild;
  readonly purl?: string;
  readonly file?: string;
}

/** @throws AppError `not-found`, `conflict` while it goes on or where it never knew its artifact */
export async function rebuildOfService(io: CliIo, flags: UpstreamFlags, id: string): Promise<ServiceRebuild> {
  return withService(io, flags, async ({ client }) => {
    const result = await client.rebuild(id);
    const { digest, size, purl, file } = result.artifact;
    const more = digest && size !== undefined ? await digestsOfObject(client, digest.sha256, size) : {};
    const ours = rebuildOfResult(result, more);
    if (!ours || ours.verdict === 'pending')
      throw new AppError('conflict', `The rebuild ${id} has nothing to hold others' words against.`, {
        hint: `assay wait ${id}`,
      });
    return { ours, ...(purl !== undefined && { purl }), ...(file !== undefined && { file }) };
  });
}

/** Some statements know the file by sha512 alone: it is taken of the very bytes that were rebuilt. */
async function digestsOfObject(client: AssayClient, sha256: string, size: number): Promise<Digests> {
  const response = await client.object(sha256);
  const [sha512, check] = [createHash('sha512'), createHash('sha256')];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > size) break;
    sha512.update(part);
    check.update(part);
  }
  if (check.digest('hex') !== sha256)
    throw new AppError('digest-mismatch', `The service sent other bytes than sha256:${sha256}.`);
  return { sha512: sha512.digest('hex') };
}

/**
 * A signed comparison of ours about the file, verified by a key that was given.
 * @throws AppError `verification-failed`; `usage` where it is no comparison
 */
export async function rebuildOfBundle(
  io: CliIo,
  path: string,
  artifact: Digests,
  trust: UpstreamTrust,
): Promise<OurRebuild> {
  const [found, ...others] = readBundles(await readBytes(io.cwd, path, bundleBytesMax), path);
  if (!found || others.length > 0) throw new AppError('usage', `${path} is not one bundle.`);
  const [judged] = verifyFound([found], artifact, trust);
  if (judged?.standing !== 'verified') {
    const failed = judged?.checks.find(({ ok }) => !ok);
    const why = failed
      ? `${failed.name}: expected ${failed.expected}; found ${failed.actual}`
      : 'nobody says who may sign it';
    throw new AppError('verification-failed', `The comparison ${path} is not verified. ${why}.`, {
      hint: 'Give the public key of the rebuilder with --key, and the file that the comparison is about.',
    });
  }
  const predicate = ComparisonPredicate.safeParse(judged.predicate);
  if (judged.claims.kind !== 'comparison' || !predicate.success)
    throw new AppError('usage', `${path} is no comparison that this version of assay knows.`);
  return rebuildOfComparison(predicate.data, artifact);
}

/** The file that was asked about has to be the one that was rebuilt. @throws AppError `usage` where it is not */
export function assertSameFile(artifact: Digests, ours: OurRebuild): Digests {
  const same = sameBytes(artifact, ours.artifact);
  if (same === false)
    throw new AppError(
      'digest-mismatch',
      'The rebuild is of another file than the one that is asked about now.',
      {
        hint: 'The registry may have replaced the file: compare the digests.',
      },
    );
  if (same === undefined && Object.keys(artifact).length > 0)
    throw new AppError('usage', 'Whether the rebuild is of this file cannot be told: they share no digest.');
  return { ...artifact, ...ours.artifact };
}
