import { AppError } from '#core/errors/app-error.ts';
import {
  Descriptor,
  Index,
  indexType,
  manifestBytesMax,
  readJson,
  type Descriptor as DescriptorType,
} from './manifest.ts';
import { headerOf, type RegistryClient } from './registry-client.ts';

const pagesMax = 16;

/** What refers to an image, and how the registry keeps it. */
export interface Referrers {
  /** `api`: the registry keeps the list; `tag`: clients keep it, in an index under the tag `sha256-<hex>`. */
  readonly keptBy: 'api' | 'tag';
  readonly descriptors: readonly DescriptorType[];
}

/**
 * Lists what refers to the image, by the referrers API where the registry has it, else by the fallback tag.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#listing-referrers
 */
export async function listReferrers(client: RegistryClient, sha256: string): Promise<Referrers> {
  const descriptors: DescriptorType[] = [];
  let path: string | undefined = `referrers/sha256:${sha256}`;
  for (let page = 0; path !== undefined; page += 1) {
    if (page === pagesMax) throw new AppError('upstream', 'The registry lists more referrers than are read.');
    const answer = await client.send(path, { headers: { accept: indexType }, sizeMax: manifestBytesMax });
    const isIndex = headerOf(answer, 'content-type')?.split(';')[0]?.trim() === indexType;
    if (page === 0 && (answer.status !== 200 || !isIndex)) {
      // 404 and its like: not known. Anything else would hide what is there.
      if (answer.status === 200 || [400, 404, 405, 406, 501].includes(answer.status))
        return { keptBy: 'tag', descriptors: known((await readFallback(client, sha256))?.index) };
      throw client.unexpected(answer, path);
    }
    const index = answer.status === 200 ? readJson(Index, answer.body) : undefined;
    if (!index) throw client.unexpected(answer, path);
    descriptors.push(...known(index));
    path = nextPage(client, headerOf(answer, 'link'));
  }
  return { keptBy: 'api', descriptors };
}

export const fallbackTag = (sha256: string): string => `sha256-${sha256}`;

/** The index under the fallback tag, with the entity tag that it has; undefined where there is none. */
export async function readFallback(
  client: RegistryClient,
  sha256: string,
): Promise<{ index: Index; body: Buffer; etag: string | undefined } | undefined> {
  const path = `manifests/${fallbackTag(sha256)}`;
  const answer = await client.send(path, { headers: { accept: indexType }, sizeMax: manifestBytesMax });
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw client.unexpected(answer, path);
  const index = readJson(Index, answer.body);
  if (!index)
    throw new AppError('upstream', `${fallbackTag(sha256)} of the registry is no index of referrers.`);
  return { index, body: answer.body, etag: headerOf(answer, 'etag') };
}

/** Descriptors that can be read here; others may be of other tools. */
function known(index: Index | undefined): DescriptorType[] {
  return (index?.manifests ?? []).flatMap((entry) => {
    const read = Descriptor.safeParse(entry);
    return read.success ? [read.data] : [];
  });
}

/** RFC 8288; only a page of this registry. */
function nextPage(client: RegistryClient, link: string | undefined): string | undefined {
  const target = /<([^<>]{1,2048})>\s*;\s*rel="?next"?/i.exec(link ?? '')?.[1];
  if (target === undefined) return undefined;
  const own = client.urlOf('/');
  const url = URL.parse(target, own.href);
  if (!url || url.origin !== own.origin)
    throw new AppError('upstream', 'The registry lists its referrers elsewhere.');
  return `${url.pathname}${url.search}`;
}
