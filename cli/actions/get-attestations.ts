import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from '@hono/zod-openapi';
import { AppError } from '#core/errors/app-error.ts';
import { printable } from '#core/text/printable.ts';
import { Sha256, type DigestSet } from '#schemas/digest.ts';
import {
  comparisonPredicateType,
  provenancePredicateType,
  vsaPredicateType,
} from '#schemas/predicate-types.ts';
import { Lookup, type RebuildResult } from '#schemas/rebuild.ts';
import { bundleBytesMax } from '#schemas/statement.ts';
import { fetchObject } from '../attestation-files.ts';
import type { AssayClient } from '../client/client.ts';
import type { GetFlags } from '../commands/attestation.ts';
import type { CliIo } from '../io.ts';
import { withService } from '../service/open-service.ts';
import { getFromImage } from '../upstream/get-from-image.ts';
import { digestOf } from '../verify/digest-of.ts';

/** A bundle that the service has: what it is about, and under which name it is kept here. */
interface Found {
  readonly predicateType: string;
  readonly digest: DigestSet;
  /** Name of the file that it is about, in our own alphabet. */
  readonly about: string;
}

const kinds: Readonly<Record<string, string>> = {
  [provenancePredicateType]: 'provenance',
  [comparisonPredicateType]: 'comparison',
  [vsaPredicateType]: 'summary',
};

/** Answer of `GET /v1/artifacts/{digest}/attestations`, newest first; the bundle itself is fetched by its digest. */
const Attestations = z.object({
  attestations: z.array(z.object({ predicateType: z.string(), digest: Sha256 })).max(1000),
});

export async function getAttestations(io: CliIo, what: string | undefined, flags: GetFlags): Promise<void> {
  if ((what === undefined) === (flags.oci === undefined))
    throw new AppError('usage', 'Say what is asked about: one thing, or an image with --oci.');
  if (flags.oci !== undefined) await getFromImage(io, flags.oci, flags);
  if (what === undefined) return;
  await withService(io, flags, async ({ client }) => {
    const { found, folder } = await find(io, client, what);
    if (found.length === 0)
      throw new AppError('nothing-to-verify', `The service has signed nothing about ${what}.`);
    const into = flags.output === undefined ? folder : resolve(io.cwd, flags.output);
    const written =
      flags.format === 'intoto-jsonl'
        ? await writeLines(client, found, into)
        : await writeBundles(client, found, into);
    io.stdout.write(
      flags.format === 'json'
        ? `${JSON.stringify({ schemaVersion: 1, attestations: written }, null, 2)}\n`
        : written.map(({ file }) => `${printable(file)}\n`).join(''),
    );
  });
}

async function find(
  io: CliIo,
  client: AssayClient,
  what: string,
): Promise<{ found: Found[]; folder: string }> {
  const here = { folder: io.cwd };
  if (/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(what))
    return { ...here, found: ofResult(await client.rebuild(what)) };
  if (what.startsWith('pkg:')) {
    const lookup = await client.get(Lookup, `/v1/verdicts?purl=${encodeURIComponent(what)}`);
    return { ...here, found: lookup.result ? ofResult(lookup.result) : [] };
  }
  if (what.startsWith('sha256:')) {
    const sha256 = Sha256.safeParse(what.slice(7));
    if (!sha256.success) throw new AppError('usage', 'A digest is sha256: and 64 lower-case hex digits.');
    return { ...here, found: await ofDigest(client, sha256.data, `sha256-${sha256.data.slice(0, 12)}`) };
  }
  const path = resolve(io.cwd, what);
  const found = await ofDigest(client, await digestOf(path, what), basename(path));
  return { folder: dirname(path), found };
}

/** The artifact's own under its name; provenance of an output with other bytes is marked, so that it is not mistaken. */
function ofResult({ artifact, attestations, rebuild }: RebuildResult): Found[] {
  const name = ownName(artifact.file ?? rebuild.id);
  return attestations.flatMap(({ predicateType, digest, subject }) =>
    digest === undefined
      ? []
      : [
          {
            predicateType,
            digest,
            about: subject.sha256 === artifact.digest?.sha256 ? name : `${name}.rebuilt`,
          },
        ],
  );
}

async function ofDigest(client: AssayClient, sha256: string, about: string): Promise<Found[]> {
  const { attestations } = await client.get(Attestations, `/v1/artifacts/sha256:${sha256}/attestations`);
  return attestations.map(({ predicateType, digest }) => ({
    predicateType,
    digest: { sha256: digest },
    about,
  }));
}

/** The newest of a kind has the plain name; older ones are numbered. */
async function writeBundles(
  client: AssayClient,
  found: readonly Found[],
  folder: string,
): Promise<{ predicateType: string; digest: DigestSet; file: string }[]> {
  const written: { predicateType: string; digest: DigestSet; file: string }[] = [];
  const taken = new Map<string, number>();
  await mkdir(folder, { recursive: true });
  for (const { predicateType, digest, about } of found) {
    const stem = `${about}.${kinds[predicateType] ?? 'statement'}`;
    const number = (taken.get(stem) ?? 0) + 1;
    taken.set(stem, number);
    const file = join(folder, `${stem}${number === 1 ? '' : `.${number}`}.sigstore.json`);
    await writeFile(file, await fetchObject(client, digest.sha256, bundleBytesMax));
    written.push({ predicateType, digest, file });
  }
  return written;
}

/** All bundles about one file in one of JSON Lines: each is one line, because it is canonical JSON. */
async function writeLines(
  client: AssayClient,
  found: readonly Found[],
  folder: string,
): Promise<{ file: string }[]> {
  const lines = new Map<string, Buffer[]>();
  for (const { digest, about } of found) {
    const bytes = await fetchObject(client, digest.sha256, bundleBytesMax);
    if (bytes.includes('\n')) throw new AppError('upstream', 'The service sent a bundle of several lines.');
    lines.set(about, [...(lines.get(about) ?? []), bytes, Buffer.from('\n')]);
  }
  await mkdir(folder, { recursive: true });
  const written: { file: string }[] = [];
  for (const [about, parts] of lines) {
    const file = join(folder, `${about}.intoto.jsonl`);
    await writeFile(file, Buffer.concat(parts));
    written.push({ file });
  }
  return written;
}

/** A name that came from others, in an alphabet that no file system or shell minds. */
function ownName(file: string): string {
  return file.replace(/[^A-Za-z0-9._+-]/g, '_').replace(/^[.-]/, '_');
}
