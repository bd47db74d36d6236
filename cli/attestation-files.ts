import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { z } from '@hono/zod-openapi';
import type { RebuildResult } from '#schemas/rebuild.ts';
import {
  comparisonPredicateType,
  provenancePredicateType,
  vsaPredicateType,
} from '#schemas/predicate-types.ts';
import { AppError } from '#core/errors/app-error.ts';
import type { AssayClient } from './client/client.ts';
import type { CliIo } from './io.ts';

/** What was written for a result: its bundles, the public key, the published file. */
export interface KeptFiles {
  readonly folder: string;
  /** The result with the path of each bundle filled in. */
  readonly result: RebuildResult;
  readonly verifyCommand?: string;
}

const Keys = z.object({
  keys: z.array(z.object({ publicKeyPem: z.string(), revokedAt: z.string().optional() })),
});

const names: Readonly<Record<string, string>> = {
  [provenancePredicateType]: 'provenance',
  [comparisonPredicateType]: 'comparison',
  [vsaPredicateType]: 'summary',
};

/**
 * Writes what a later `assay verify` needs into one folder: `--output-dir`, by default
 * `$XDG_STATE_HOME/assay/rebuilds/<id>` (docs/cli.md). The published file is fetched unless it is here already (`local`).
 * Every name is ours: nothing that was written by others becomes a path.
 */
export async function keepAttestations(
  io: CliIo,
  client: AssayClient,
  result: RebuildResult,
  options: { outputDir?: string; local?: string },
): Promise<KeptFiles | undefined> {
  if (!result.attestations.some(({ digest }) => digest !== undefined)) return undefined;
  const folder =
    options.outputDir === undefined
      ? join(stateHome(io), 'assay', 'rebuilds', result.rebuild.id)
      : resolve(io.cwd, options.outputDir);
  await mkdir(folder, { recursive: true });
  const name = safeName(options.local === undefined ? result.artifact.file : basename(options.local));
  const kept: RebuildResult['attestations'] = [];
  for (const attestation of result.attestations) {
    const { digest, size } = attestation;
    if (digest === undefined || size === undefined) {
      kept.push(attestation);
      continue;
    }
    const kind = names[attestation.predicateType] ?? 'statement';
    const taken = kept.some(({ file }) => file === join(folder, `${name}.${kind}.sigstore.json`));
    const mark = taken ? `.${digest.sha256.slice(0, 12)}` : '';
    const file = join(folder, `${name}${mark}.${kind}.sigstore.json`);
    await writeFile(file, await fetchObject(client, digest.sha256, size));
    kept.push({ ...attestation, file });
  }
  const key = await keepKeys(client, folder);
  const artifact = options.local ?? (await keepArtifact(client, result, folder));
  const bundle = kept.find(
    ({ predicateType, subject }) =>
      predicateType === comparisonPredicateType && subject.sha256 === result.artifact.digest?.sha256,
  )?.file;
  // A negative verdict is signed too, but nothing about it passes a verification.
  const positive = result.verdict === 'reproduced' || result.verdict === 'equivalent';
  const complete = positive && bundle !== undefined && key !== undefined && artifact !== undefined;
  const accept = result.verdict === 'equivalent' ? ['--accept', 'equivalent'] : [];
  return {
    folder,
    result: { ...result, attestations: kept },
    ...(complete && {
      verifyCommand: [
        io.env['ASSAY_COMMAND'] ?? 'assay',
        'verify',
        artifact,
        '--bundle',
        bundle,
        '--key',
        key,
        ...accept,
      ]
        .map(shellWord)
        .join(' '),
    }),
  };
}

/** Every key that still proves something, newest first: the bundles may be older than the newest. */
async function keepKeys(client: AssayClient, folder: string): Promise<string | undefined> {
  const { keys } = await client.get(Keys, '/v1/keys');
  const good = keys.filter(({ revokedAt }) => revokedAt === undefined);
  if (good.length === 0) return undefined;
  const file = join(folder, 'assay.pub');
  await writeFile(file, good.map(({ publicKeyPem }) => `${publicKeyPem.trim()}\n`).join(''));
  return file;
}

async function keepArtifact(
  client: AssayClient,
  { artifact }: RebuildResult,
  folder: string,
): Promise<string | undefined> {
  if (artifact.digest === undefined || artifact.file === undefined || artifact.size === undefined)
    return undefined;
  const bytes = await fetchObject(client, artifact.digest.sha256, artifact.size);
  const file = join(folder, safeName(artifact.file));
  await writeFile(file, bytes);
  return file;
}

/** An object of at most `size` bytes, by its digest. @throws AppError `digest-mismatch` */
export async function fetchObject(client: AssayClient, sha256: string, size: number): Promise<Buffer> {
  const response = await client.object(sha256);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > size) break;
    parts.push(part);
  }
  const bytes = Buffer.concat(parts);
  if (createHash('sha256').update(bytes).digest('hex') === sha256) return bytes;
  throw new AppError('digest-mismatch', `the service sent other bytes than sha256:${sha256}`);
}

/** FileName (schemas/artifact.ts) has no separator; what could still be odd in a shell or a folder is replaced. */
function safeName(name: string | undefined): string {
  return (name ?? 'artifact')
    .replace(/[^A-Za-z0-9._+-]/g, '_')
    .replace(/^[.-]/, '_')
    .slice(0, 200);
}

function stateHome(io: CliIo): string {
  const chosen = io.env['XDG_STATE_HOME'];
  if (chosen !== undefined && isAbsolute(chosen)) return chosen;
  return join(io.env['HOME'] ?? homedir(), '.local', 'state');
}

/** Quoted for a POSIX shell where it has to be. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_/.,:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
