import { z } from 'zod';
import { AppError } from '#core/errors/app-error.ts';
import { printable } from '#core/text/printable.ts';
import { bundleMediaType } from '#core/upstream/found-bundle.ts';
import { readClaims, sameBytes } from '#core/upstream/read-claims.ts';
import { bundleBytesMax, statementBytesMax } from '#schemas/statement.ts';
import { attachBundle } from '#services/upstream/oci/attach.ts';
import { registryCredentials } from '#services/upstream/oci/credentials.ts';
import { parseImageReference } from '#services/upstream/oci/reference.ts';
import { RegistryClient } from '#services/upstream/oci/registry-client.ts';
import { parseBundle } from '#verify/bundle.ts';
import { parseStrictJson } from '#verify/strict-json.ts';
import type { AttachFlags } from '../commands/attach.ts';
import type { CliIo } from '../io.ts';
import { readBytes } from '../upstream/trust.ts';

export async function attach(io: CliIo, text: string, flags: AttachFlags): Promise<void> {
  const image = parseImageReference(text);
  if (flags.bundle.length === 0) throw new AppError('usage', 'Name what is to be attached with --bundle.');
  const bundles: { path: string; bytes: Buffer; predicateType: string }[] = [];
  for (const path of flags.bundle) bundles.push({ path, ...(await readBundle(io.cwd, path, image.sha256)) });
  const client = new RegistryClient(image, await registryCredentials(image.registry, io.env), io.signal);
  const attached: { bundle: string; manifest: string; keptBy: string }[] = [];
  try {
    for (const { path, bytes, predicateType } of bundles) {
      const createdAt = new Date(io.now()).toISOString().replace(/\.\d+Z$/, 'Z');
      const { sha256, keptBy } = await attachBundle(client, image, { bytes, predicateType, createdAt });
      attached.push({ bundle: path, manifest: `sha256:${sha256}`, keptBy });
    }
  } finally {
    await client.close();
  }
  io.stdout.write(
    flags.format === 'json'
      ? `${JSON.stringify({ schemaVersion: 1, image: image.text, attached }, null, 2)}\n`
      : attached
          .map(
            ({ bundle, manifest, keptBy }) => `${printable(bundle)}  ${manifest}  ${howKept[keptBy] ?? ''}\n`,
          )
          .join(''),
  );
}

const howKept: Readonly<Record<string, string>> = {
  api: 'a referrer of the image',
  tag: 'under the tag sha256-<hex>: the registry keeps no referrers',
};

const About = z.object({ mediaType: z.literal(bundleMediaType) });

/**
 * A bundle that is about this very image, in the one version that others read from registries.
 * @throws AppError `usage`
 */
async function readBundle(
  cwd: string,
  path: string,
  sha256: string,
): Promise<{ bytes: Buffer; predicateType: string }> {
  const bytes = await readBytes(cwd, path, bundleBytesMax);
  const json = parseStrictJson(bytes, bundleBytesMax);
  const bundle = json.ok ? parseBundle(json.value) : json;
  if ('fault' in bundle || !json.ok || !About.safeParse(json.value).success || bundle.content.kind !== 'dsse')
    throw new AppError('usage', `${path} is no Sigstore bundle v0.3 around a statement.`, {
      hint: 'A bundle of another version can be read by `assay upstream --bundle`, but not attached.',
    });
  const statement = parseStrictJson(bundle.content.payload, statementBytesMax);
  const claims = statement.ok ? readClaims(statement.value) : statement;
  if ('fault' in claims)
    throw new AppError('usage', `${path} holds no statement that can be read: ${claims.fault}.`);
  if (!claims.subjects.some(({ digest }) => sameBytes(digest, { sha256 }) === true))
    throw new AppError('usage', `${path} is about something else than sha256:${sha256}.`);
  return { bytes, predicateType: claims.predicateType };
}
