import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '#core/errors/app-error.ts';
import { bundleMediaType } from '#core/upstream/found-bundle.ts';
import {
  anyManifest,
  indexType,
  manifestBytesMax,
  manifestType,
  readJson,
  sha256Of,
  type Descriptor,
  type Index,
} from './manifest.ts';
import type { ImageReference } from './reference.ts';
import { fallbackTag, listReferrers, readFallback } from './referrers.ts';
import { headerOf, type RegistryClient } from './registry-client.ts';
import { z } from 'zod';

/** What of a bundle its manifest tells, so that others need not fetch it to choose. */
export interface BundleToAttach {
  readonly bytes: Uint8Array;
  readonly predicateType: string;
  /** RFC 3339. */
  readonly createdAt: string;
}

export interface Attached {
  /** Of the manifest that refers to the image. */
  readonly sha256: string;
  readonly keptBy: 'api' | 'tag';
}

const emptyConfig = Buffer.from('{}');
const triesMax = 20;

/**
 * Attaches a bundle to an image as cosign 3 does: the bundle as the one layer of an artifact manifest whose `subject` is
 * the image. Where the registry keeps no list of referrers, the index under the tag `sha256-<hex>` is extended; what
 * others write into it at the same time is not lost as long as they do not take longer than `settleMs` between reading
 * and writing it. Attaching the same bundle again changes nothing.
 * @throws AppError `not-found` where the registry does not have the image; `conflict` where others never stop writing
 */
export async function attachBundle(
  client: RegistryClient,
  image: ImageReference,
  { bytes, predicateType, createdAt }: BundleToAttach,
  settleMs = 1500,
): Promise<Attached> {
  const subject = await describeImage(client, image);
  await pushBlob(client, emptyConfig);
  const layer = await pushBlob(client, bytes);
  const artifactType = bundleMediaType;
  const annotations = {
    'org.opencontainers.image.created': createdAt,
    'dev.sigstore.bundle.content': 'dsse-envelope',
    'dev.sigstore.bundle.predicateType': predicateType,
  };
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      artifactType,
      config: {
        mediaType: 'application/vnd.oci.empty.v1+json',
        digest: `sha256:${sha256Of(emptyConfig)}`,
        size: 2,
      },
      layers: [{ mediaType: bundleMediaType, digest: `sha256:${layer}`, size: bytes.length }],
      subject,
      annotations,
    }),
  );
  const sha256 = sha256Of(manifest);
  const path = `manifests/sha256:${sha256}`;
  const answer = await put(client, path, manifest, manifestType);
  if (answer.status !== 201) throw client.unexpected(answer, path);
  // A registry that has taken the subject in says so; one that has the API does so too.
  const subjectTaken = headerOf(answer, 'oci-subject') !== undefined;
  if (subjectTaken || (await listReferrers(client, image.sha256)).keptBy === 'api')
    return { sha256, keptBy: 'api' };
  const entry: Descriptor = {
    mediaType: manifestType,
    digest: `sha256:${sha256}`,
    size: manifest.length,
    artifactType,
    annotations,
  };
  await extendFallback(client, image.sha256, entry, settleMs);
  return { sha256, keptBy: 'tag' };
}

/** The image's own manifest as a descriptor: it has to be there, and to be what its digest says. */
async function describeImage(client: RegistryClient, { sha256, text }: ImageReference): Promise<Descriptor> {
  const body = await client.fetchByDigest('manifests', sha256, manifestBytesMax, anyManifest);
  if (!body) throw new AppError('not-found', `The registry does not have ${text}.`);
  const { mediaType } = readJson(z.looseObject({ mediaType: z.string().max(255).optional() }), body) ?? {};
  return { mediaType: mediaType ?? manifestType, digest: `sha256:${sha256}`, size: body.length };
}

/** Uploads in one piece where the registry does not have it yet. */
async function pushBlob(client: RegistryClient, bytes: Uint8Array): Promise<string> {
  const sha256 = sha256Of(bytes);
  const there = await client.send(`blobs/sha256:${sha256}`, { method: 'HEAD', sizeMax: 0 });
  if (there.status === 200) return sha256;
  const begun = await client.send('blobs/uploads/', {
    method: 'POST',
    sizeMax: 65_536,
    body: Buffer.alloc(0),
  });
  const location = headerOf(begun, 'location');
  if (begun.status !== 202 || location === undefined) throw client.unexpected(begun, 'blobs/uploads/');
  const own = client.urlOf('/');
  const target = URL.parse(location, own.href);
  if (!target || target.origin !== own.origin)
    throw new AppError('upstream', 'The registry wants uploads elsewhere.');
  target.searchParams.set('digest', `sha256:${sha256}`);
  const answer = await put(client, `${target.pathname}${target.search}`, bytes, 'application/octet-stream');
  if (answer.status !== 201) throw client.unexpected(answer, `blobs/sha256:${sha256}`);
  return sha256;
}

/**
 * Adds `entry` to the index under the fallback tag. Registries that heed `If-Match` refuse a write that lost the race;
 * for the others the tag is read again, at once and once more when those who read before us must have written.
 */
async function extendFallback(
  client: RegistryClient,
  sha256: string,
  entry: Descriptor,
  settleMs: number,
): Promise<void> {
  const has = (index: Index | undefined): boolean =>
    index?.manifests.some(({ digest }) => digest === entry.digest) === true;
  for (let tries = 0; tries < triesMax; tries += 1) {
    const before = await readFallback(client, sha256);
    if (has(before?.index)) {
      await pause(settleMs);
      if (has((await readFallback(client, sha256))?.index)) return;
      continue;
    }
    const index: Index = {
      ...(before?.index ?? { schemaVersion: 2 as const, mediaType: indexType }),
      manifests: [...(before?.index.manifests ?? []), entry],
    };
    const condition = before?.etag === undefined ? {} : { 'if-match': before.etag };
    const path = `manifests/${fallbackTag(sha256)}`;
    const answer = await put(client, path, Buffer.from(JSON.stringify(index)), indexType, condition);
    if (answer.status !== 201 && answer.status !== 412) throw client.unexpected(answer, path);
  }
  throw new AppError(
    'conflict',
    'The list of referrers of the image is being written by others all the time.',
    {
      hint: 'Try again later.',
    },
  );
}

function put(
  client: RegistryClient,
  path: string,
  body: Uint8Array,
  contentType: string,
  headers: Readonly<Record<string, string>> = {},
) {
  return client.send(path, {
    method: 'PUT',
    body,
    sizeMax: 65_536,
    headers: { 'content-type': contentType, ...headers },
  });
}
