import { versionOf, type ParsedPurl } from '#core/purl/purl.ts';
import type { FoundBundle } from '#core/upstream/found-bundle.ts';
import { publicUrl, type Upstream } from '#workers/ecosystems/upstream.ts';
import { answerBytesMax, readBundles } from './shapes/read-bundles.ts';

/**
 * What another rebuilder signed about a file, in the layout of google/oss-rebuild's store:
 * `{type}/{package}/{version}/{file}/rebuild.intoto.jsonl`, a DSSE envelope a line, signed by the rebuilder's key.
 * https://docs.oss-rebuild.dev/storage
 * @throws AppError `upstream`, `too-large`, `interrupted`
 */
export async function attestationsOfRebuilder(
  upstream: Upstream,
  purl: ParsedPurl,
  file: string,
  signal: AbortSignal,
): Promise<{ place: string; found: FoundBundle[] }> {
  const names = purl.namespace === undefined ? [purl.name] : [purl.namespace, purl.name];
  const path = [purl.type, ...names, versionOf(purl), file].map(encodeURIComponent).join('/');
  const url = new URL(`${path}/rebuild.intoto.jsonl`, upstream.base).href;
  const place = publicUrl(url);
  const answer = await upstream.read(url, { sizeMax: answerBytesMax, signal });
  return { place, found: answer ? readBundles(answer.body, place) : [] };
}
