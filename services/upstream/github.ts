import { z } from 'zod';
import { AppError } from '#core/errors/app-error.ts';
import type { FoundBundle } from '#core/upstream/found-bundle.ts';
import { repositoryUrl } from '#core/upstream/repository.ts';
import { bundleBytesMax } from '#schemas/statement.ts';
import { parseStrictJson } from '#verify/strict-json.ts';
import { publicUrl, type Upstream } from '#workers/ecosystems/upstream.ts';
import { decodeSnappy } from './shapes/snappy.ts';
import { answerBytesMax, statementsMax } from './shapes/read-bundles.ts';

/** https://docs.github.com/rest/repos/attestations#list-attestations */
const Answer = z.object({
  attestations: z.array(z.looseObject({ bundle: z.unknown(), bundle_url: z.url().max(8192).nullish() })),
});

/**
 * What a repository on GitHub says about the bytes: `GET /repos/{owner}/{name}/attestations/sha256:{hex}`. A bundle is in
 * the answer, or kept elsewhere, compressed, where only a public host is asked. `repository` is `owner/name` on github.com,
 * or the URL of a repository.
 * @throws AppError `usage`, `upstream`, `too-large`, `interrupted`
 */
export async function attestationsOnGithub(
  upstream: Upstream,
  repository: string,
  sha256: string,
  signal: AbortSignal,
): Promise<{ place: string; found: FoundBundle[] }> {
  const named = repositoryUrl(repository.includes('://') ? repository : `https://github.com/${repository}`);
  const name = /^https:\/\/[^/]+\/([\w.-]{1,100}\/[\w.-]{1,100})$/.exec(named ?? '')?.[1];
  if (named === undefined || name === undefined)
    throw new AppError('usage', 'A repository on GitHub is written as owner/name, or as its URL.');
  const url = new URL(`repos/${name}/attestations/sha256:${sha256}`, upstream.base);
  url.searchParams.set('per_page', String(statementsMax));
  const place = publicUrl(url.href);
  const answer = await upstream.read(url.href, {
    accept: 'application/vnd.github+json',
    sizeMax: answerBytesMax,
    signal,
  });
  if (!answer) return { place, found: [] };
  const read = parseStrictJson(answer.body, answerBytesMax);
  const attestations = read.ok ? Answer.safeParse(read.value).data?.attestations : undefined;
  if (!attestations) throw new AppError('upstream', `${place} holds no attestations.`);
  // A full page may have others behind it, which could say otherwise.
  if (attestations.length >= statementsMax)
    throw new AppError(
      'upstream',
      `${place} holds ${statementsMax} attestations or more, which is too many to read.`,
    );
  // A workflow of that very repository, whatever the certificate's subject: a reusable workflow lies elsewhere.
  const expected = { saidBy: 'the repository that was asked', repository: named };
  const found: FoundBundle[] = [];
  for (const [n, { bundle, bundle_url: elsewhere }] of attestations.entries()) {
    const from = attestations.length === 1 ? place : `${place} (${n + 1})`;
    const json = bundle ?? (elsewhere ? await bundleAt(upstream, elsewhere, signal) : undefined);
    found.push({ from, json, expected });
  }
  return { place, found };
}

async function bundleAt(upstream: Upstream, url: string, signal: AbortSignal): Promise<unknown> {
  const answer = await upstream.read(url, { sizeMax: bundleBytesMax, signal });
  if (!answer) throw new AppError('upstream', 'An attestation is listed whose bundle is not there.');
  const compressed = answer.contentType.split(';')[0]?.trim() === 'application/x-snappy';
  const bytes = compressed ? decodeSnappy(answer.body, bundleBytesMax) : answer.body;
  const json = parseStrictJson(bytes, bundleBytesMax);
  return json.ok ? json.value : undefined;
}
