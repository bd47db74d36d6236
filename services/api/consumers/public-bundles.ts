import type { Context } from 'hono';
import { AppError } from '#core/errors/app-error.ts';
import { jsonDigest } from '#core/json/digest.ts';
import type { Sha256 } from '#schemas/digest.ts';
import { anonymous } from '../call.ts';
import type { ApiDependencies, ApiEnv } from '../dependencies.ts';
import { matchesEtag } from '../etag.ts';
import { replyEmpty, replyText } from '../reply.ts';

/** A complete bundle about a file, as it is served. */
export interface PublicBundle {
  readonly predicateType: string;
  readonly digest: Sha256;
  readonly bundle: unknown;
}

/**
 * The complete bundles about a file that anybody may see, newest first: a token shows nothing more here, so that what
 * caches keep for other tools is never somebody's own. @throws AppError `nothing-to-verify`
 */
export async function publicBundles({ plane }: ApiDependencies, sha256: Sha256): Promise<PublicBundle[]> {
  const bundles = await plane.attestations(anonymous, sha256);
  if (bundles.length === 0) throw nothingAbout(`sha256:${sha256}`);
  return bundles;
}

export function nothingAbout(what: string): AppError {
  return new AppError('nothing-to-verify', `Nothing public is signed about ${what}.`, {
    hint: 'Ask for a rebuild with `POST /v1/rebuilds`.',
  });
}

/**
 * An answer that caches may keep for a minute: the list can grow, and an old answer must not hide a newer verdict. The
 * tag is of what was asked and of every bundle that is told.
 */
export function replyShared(
  c: Context<ApiEnv>,
  bundles: readonly PublicBundle[],
  contentType: string,
  body: () => string,
): Response {
  const shown = { of: new URL(c.req.url).search, bundles: bundles.map(({ digest }) => digest) };
  const etag = `"${jsonDigest(shown).sha256.slice(0, 32)}"`;
  const headers = { etag, 'cache-control': 'public, max-age=60' };
  if (matchesEtag(c.req.header('if-none-match'), etag)) return replyEmpty(c, 304, headers);
  return replyText(c, 200, body(), { ...headers, 'content-type': contentType });
}

export const jsonContent = 'application/json';
