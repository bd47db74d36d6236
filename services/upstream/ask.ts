import { AppError } from '#core/errors/app-error.ts';
import type { ParsedPurl } from '#core/purl/purl.ts';
import type { Digests } from '#core/upstream/claims.ts';
import type { FoundBundle } from '#core/upstream/found-bundle.ts';
import type { Publisher } from '#workers/ecosystems/publisher.ts';
import type { Upstream } from '#workers/ecosystems/upstream.ts';
import { attestationsOnGithub } from './github.ts';
import { attestationsOfRebuilder } from './rebuilder-store.ts';

/** One place that was asked. `unavailable` is no absence: what it would have said may contradict. */
export interface Asked {
  readonly place: string;
  readonly answer: 'found' | 'nothing' | 'unavailable';
  readonly detail?: string;
}

/** What everybody who was asked says of one file. */
export interface UpstreamWord {
  readonly artifact: { readonly name: string; readonly digest: Digests };
  readonly found: readonly FoundBundle[];
  readonly asked: readonly Asked[];
}

/** Whom to ask. Each place is one that was configured or named by whoever asks, never by an answer. */
export interface Places {
  readonly registry?: { readonly publisher: Publisher; readonly upstream: Upstream };
  readonly github?: { readonly upstream: Upstream; readonly repository: string };
  /** A store in the layout of oss-rebuild's. */
  readonly rebuilder?: Upstream;
}

/**
 * Asks every place about the file that `purl` leads to, or that `artifact` is. A place that fails is told as unavailable;
 * the others are asked nevertheless.
 * @throws AppError `interrupted`, and `usage` where the purl leads to several files
 */
export async function askUpstream(
  places: Places,
  about: { readonly purl?: ParsedPurl; readonly file?: string; readonly artifact?: UpstreamWord['artifact'] },
  signal: AbortSignal,
): Promise<UpstreamWord> {
  const asked: Asked[] = [];
  const found: FoundBundle[] = [];
  let artifact = about.artifact;
  const ask = async (place: string, question: () => Promise<void>): Promise<void> => {
    try {
      await question();
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'interrupted' || error.code === 'usage') throw error;
      asked.push({ place, answer: 'unavailable', detail: error.message });
    }
  };
  const note = (place: string, bundles: readonly FoundBundle[]): void => {
    found.push(...bundles);
    asked.push({ place, answer: bundles.length > 0 ? 'found' : 'nothing' });
  };
  const { purl } = about;
  const { registry, github, rebuilder } = places;
  if (registry && purl) {
    const { publisher, upstream } = registry;
    await ask(upstream.base.href, async () => {
      const published = await publisher.published(purl, about.file ?? artifact?.name, { upstream, signal });
      if (!published) return note(`${upstream.base.href} (${purl.text})`, []);
      artifact ??= { name: published.file, digest: published.digest };
      found.push(...published.found);
      asked.push(...published.asked);
    });
  }
  const sha256 = artifact?.digest['sha256'];
  if (github) {
    await ask(`${github.upstream.base.href} (${github.repository})`, async () => {
      if (sha256 === undefined)
        throw new AppError(
          'upstream',
          'It knows files by sha256, which is not known here: name the file itself.',
        );
      const answer = await attestationsOnGithub(github.upstream, github.repository, sha256, signal);
      note(answer.place, answer.found);
    });
  }
  if (rebuilder && purl && artifact) {
    const { name } = artifact;
    await ask(rebuilder.base.href, async () => {
      const answer = await attestationsOfRebuilder(rebuilder, purl, name, signal);
      note(answer.place, answer.found);
    });
  }
  return { artifact: artifact ?? { name: purl?.text ?? 'the file', digest: {} }, found, asked };
}
