import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError } from '#core/errors/app-error.ts';
import { printable } from '#core/text/printable.ts';
import { registryCredentials } from '#services/upstream/oci/credentials.ts';
import { getAttachedBundles } from '#services/upstream/oci/get-bundles.ts';
import { parseImageReference } from '#services/upstream/oci/reference.ts';
import { RegistryClient } from '#services/upstream/oci/registry-client.ts';
import type { CliIo } from '../io.ts';

/**
 * `assay attestation get --oci <image@sha256:…>`: writes the bundles that are attached to an image, as they lie in the
 * registry, under names of our own. Nothing is verified. @throws AppError `nothing-to-verify` where there are none
 */
export async function getFromImage(
  io: CliIo,
  text: string,
  options: { readonly output?: string; readonly format: string },
): Promise<void> {
  const image = parseImageReference(text);
  const client = new RegistryClient(image, await registryCredentials(image.registry, io.env), io.signal);
  try {
    const found = await getAttachedBundles(client, image);
    if (found.length === 0) throw new AppError('nothing-to-verify', `Nothing is attached to ${image.text}.`);
    const folder = resolve(io.cwd, options.output ?? '.');
    await mkdir(folder, { recursive: true });
    const written: { from: string; file: string }[] = [];
    for (const [n, { bytes, from }] of found.entries()) {
      const file = join(folder, `sha256-${image.sha256.slice(0, 12)}.${n + 1}.sigstore.json`);
      await writeFile(file, bytes);
      written.push({ from, file });
    }
    io.stdout.write(
      options.format === 'json'
        ? `${JSON.stringify({ schemaVersion: 1, image: image.text, attestations: written }, null, 2)}\n`
        : written.map(({ file }) => `${printable(file)}\n`).join(''),
    );
  } finally {
    await client.close();
  }
}
