import { z } from 'zod';
import { AppError } from '#core/errors/app-error.ts';
import { versionOf, type ParsedPurl } from '#core/purl/purl.ts';
import type { FoundBundle } from '#core/upstream/found-bundle.ts';
import { repositoryUrl } from '#core/upstream/repository.ts';
import { answerBytesMax, readBundles } from '#services/upstream/shapes/read-bundles.ts';
import type { Published } from '../publisher.ts';
import { publicUrl, type Upstream } from '../upstream.ts';

/** One version of a package: https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md */
const Version = z.object({
  name: z.string().max(214),
  version: z.string().max(256),
  repository: z
    .union([z.string().max(2048), z.object({ url: z.string().max(2048) })])
    .optional()
    .catch(undefined),
  dist: z.object({
    integrity: z.string().max(1000).optional(),
    tarball: z.string().max(4096),
    attestations: z.unknown().optional(),
  }),
});

/** Names that a registry can have; anything else is no package, and no part of a URL. */
const namePattern = /^(?:@[a-z0-9~_-][a-z0-9._~-]*\/)?[a-z0-9~_-][a-z0-9._~-]*$/i;
const versionPattern = /^[0-9a-z][0-9a-z.+-]{0,255}$/i;

/** A version of a package, and its attestations (`/-/npm/v1/attestations/<name>@<version>`). */
export async function publishedPackage(
  purl: ParsedPurl,
  named: string | undefined,
  { upstream, signal }: { readonly upstream: Upstream; readonly signal: AbortSignal },
): Promise<Published | undefined> {
  const name = purl.namespace === undefined ? purl.name : `${purl.namespace}/${purl.name}`;
  const version = versionOf(purl);
  if (!namePattern.test(name) || !versionPattern.test(version)) return undefined;
  const url = new URL(`${name.replace('/', '%2f')}/${encodeURIComponent(version)}`, upstream.base).href;
  const answer = await upstream.read(url, { accept: 'application/json', sizeMax: answerBytesMax, signal });
  if (!answer) return undefined;
  const release = readVersion(answer.body, url);
  const file = fileName(release.dist.tarball) ?? `${purl.name}-${version}.tgz`;
  if (named !== undefined && named !== file) return undefined;
  const place = new URL(
    `-/npm/v1/attestations/${name.replace('/', '%2f')}@${encodeURIComponent(version)}`,
    upstream.base,
  ).href;
  const found = await upstream.read(place, { accept: 'application/json', sizeMax: answerBytesMax, signal });
  if (!found && release.dist.attestations !== undefined)
    throw new AppError(
      'upstream',
      `The registry says that ${purl.text} has attestations, and does not give them.`,
    );
  return {
    purl: purl.text,
    file,
    digest: digestsOf(release.dist.integrity),
    found: found ? bundles(found.body, publicUrl(place), release.repository) : [],
    asked: [{ place: publicUrl(place), answer: found ? 'found' : 'nothing' }],
  };
}

function readVersion(body: Buffer, url: string): z.infer<typeof Version> {
  try {
    return Version.parse(JSON.parse(body.toString('utf8')));
  } catch (cause) {
    throw new AppError('upstream', `${publicUrl(url)} is not a version of a package.`, { cause });
  }
}

/** Provenance has to be of the repository that the package names: the registry accepts no other. */
function bundles(
  body: Buffer,
  place: string,
  repository: z.infer<typeof Version>['repository'],
): FoundBundle[] {
  const url = repositoryUrl(typeof repository === 'string' ? repository : (repository?.url ?? ''));
  const expected = url === undefined ? {} : { expected: { saidBy: 'the registry', repository: url } };
  return readBundles(body, place, expected);
}

/** Subresource integrity (W3C): several may be given; those that are strong are kept. */
function digestsOf(integrity: string | undefined): Record<string, string> {
  const digests: Record<string, string> = {};
  for (const [, name = '', value = ''] of (integrity ?? '').matchAll(
    /(sha256|sha384|sha512)-([A-Za-z0-9+/=]+)/g,
  ))
    digests[name] = Buffer.from(value, 'base64').toString('hex');
  return digests;
}

function fileName(tarball: string): string | undefined {
  const last = URL.parse(tarball)?.pathname.split('/').at(-1);
  return last !== undefined && /^[\w.+-]{1,255}\.tgz$/.test(last) ? last : undefined;
}
