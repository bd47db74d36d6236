import { AppError } from '#core/errors/app-error.ts';
import type { FoundBundle } from '#core/upstream/found-bundle.ts';
import { bundleBytesMax } from '#schemas/statement.ts';
import { parseStrictJson } from '#verify/strict-json.ts';
import { bundlesOfOldTag } from './cosign-tag.ts';
import { Manifest, manifestBytesMax, manifestType, readJson, type Descriptor } from './manifest.ts';
import type { ImageReference } from './reference.ts';
import { listReferrers } from './referrers.ts';
import type { RegistryClient } from './registry-client.ts';

const bundleTypePrefix = 'application/vnd.dev.sigstore.bundle';

/** More statements about one image than this are refused, not cut: which ones are seen must not be up to the registry. */
const attachedMax = 100;

/** A bundle as it lies in the registry. */
export interface AttachedBundle extends FoundBundle {
  readonly bytes: Uint8Array;
}

/**
 * The bundles that are attached to an image: by referrers, and the attestations under the tag that cosign used before
 * them. Nothing is verified. What refers to the image and is no bundle is left out.
 * @throws AppError `upstream`, `too-large`, `digest-mismatch`
 */
export async function getAttachedBundles(
  client: RegistryClient,
  image: ImageReference,
): Promise<AttachedBundle[]> {
  const { descriptors } = await listReferrers(client, image.sha256);
  // What kind of thing each is, is read from its manifest: some registries list another type than it has.
  const candidates = descriptors.filter(({ mediaType }) => mediaType === manifestType);
  if (candidates.length > attachedMax)
    throw new AppError('upstream', `More than ${attachedMax} things are attached to ${image.text}.`);
  const found: AttachedBundle[] = [];
  for (const candidate of candidates) found.push(...(await bundlesOf(client, image, candidate)));
  found.push(...(await bundlesOfOldTag(client, image, attachedMax)));
  return found;
}

async function bundlesOf(
  client: RegistryClient,
  image: ImageReference,
  { digest }: Descriptor,
): Promise<AttachedBundle[]> {
  const body = await client.fetchByDigest('manifests', digest.slice(7), manifestBytesMax, manifestType);
  const manifest = body && readJson(Manifest, body);
  // A list may name what does not refer to the image.
  if (manifest?.subject?.digest !== `sha256:${image.sha256}`) return [];
  const bundles: AttachedBundle[] = [];
  for (const layer of manifest.layers.filter(({ mediaType }) => mediaType.startsWith(bundleTypePrefix))) {
    const bytes = await client.fetchByDigest('blobs', layer.digest.slice(7), bundleBytesMax);
    if (!bytes) throw new AppError('upstream', `The registry lists ${layer.digest} and does not have it.`);
    const json = parseStrictJson(bytes, bundleBytesMax);
    bundles.push({ from: `${image.text} (${digest})`, bytes, json: json.ok ? json.value : undefined });
  }
  return bundles;
}
