import { AppError } from '#core/errors/app-error.ts';
import { Sha256 } from '#schemas/digest.ts';

/** An image by its digest: the only name that always means the same bytes. */
export interface ImageReference {
  /** Host, with a port where one was given. */
  readonly registry: string;
  readonly repository: string;
  readonly sha256: Sha256;
  /** http on loopback alone, as container tools have it. */
  readonly base: URL;
  /** As given, without a tag. */
  readonly text: string;
}

const part = '[a-z0-9]+(?:(?:[.]|_{1,2}|-+)[a-z0-9]+)*';
const repositoryPattern = new RegExp(`^${part}(?:/${part})*$`);
const hostPattern = /^(?:\[[0-9a-f:.]{2,45}\]|[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)(?::\d{1,5})?$/;

/**
 * Reads `host[:port]/repository[:tag]@sha256:hex` (distribution specification 1.1); a tag beside the digest is left out.
 * @throws AppError `usage`
 */
export function parseImageReference(text: string): ImageReference {
  const bad = (why: string): never => {
    throw new AppError('usage', `${text.slice(0, 300)} does not name an image: ${why}.`, {
      hint: 'Write it as registry/repository@sha256:<digest>; a tag may come to mean another image.',
    });
  };
  const [named = '', digest, ...rest] = text.split('@');
  const sha256 = Sha256.safeParse(digest?.startsWith('sha256:') ? digest.slice(7) : undefined);
  if (!sha256.success || rest.length > 0) return bad('it has no digest');
  const slash = named.indexOf('/');
  const first = named.slice(0, Math.max(slash, 0));
  // What has no dot, no port and is not localhost is a repository of the default registry.
  const hasHost = /[.:]/.test(first) || first === 'localhost';
  const host = hasHost ? first : 'docker.io';
  const tagged = hasHost ? named.slice(slash + 1) : named.includes('/') ? named : `library/${named}`;
  const repository = tagged.replace(/:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/, '');
  if (!hostPattern.test(host)) return bad('the registry is no host');
  if (repository.length > 255 || !repositoryPattern.test(repository))
    return bad('the repository is not valid');
  const at = host === 'docker.io' ? 'registry-1.docker.io' : host;
  const base = URL.parse(`${isLoopback(at) ? 'http' : 'https'}://${at}/`);
  if (!base) return bad('the registry is no host');
  return {
    registry: host,
    repository,
    sha256: sha256.data,
    base,
    text: `${host}/${repository}@sha256:${sha256.data}`,
  };
}

function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return name === 'localhost' || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name);
}
