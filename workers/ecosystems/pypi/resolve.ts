import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { versionOf, type ParsedPurl } from '#core/purl/purl.ts';
import type { Artifact } from '#schemas/artifact.ts';
import type { JobReport } from '#schemas/jobs.ts';
import type { Source } from '#schemas/recipe.ts';
import type { Reason } from '#schemas/verdict.ts';
import { whereIs } from '../archive-facts.ts';
import type { ResolveTools } from '../ecosystem.ts';
import { publicUrl } from '../upstream.ts';
import { sdistFacts, sdistTexts, wheelFacts, wheelTexts } from './facts.ts';
import { inferRecipes } from './infer.ts';
import { chooseRelease, type ReleaseChoice } from './release.ts';
import { readIndex, type IndexFile } from './simple-index.ts';

type NotEstablished = Extract<JobReport<'resolve'>, { outcome: 'not-established' }>;

const fileBytesMax = 512 * 1024 ** 2;

/** Finds a pure wheel, its sdist and how the one was probably made from the other. */
export async function resolveWheel(
  purl: ParsedPurl,
  file: string | undefined,
  tools: ResolveTools,
): Promise<JobReport<'resolve'>> {
  const version = versionOf(purl);
  const index = await readIndex(tools.upstream, purl.name, tools.job.signal);
  if (index === undefined)
    return inconclusive('artifact-not-found', `The registry has no project ${purl.name}.`);
  const choice = chooseRelease(index, version, file ?? purl.qualifiers['file_name']);
  if (choice.kind !== 'chosen') return notChosen(choice);

  const [wheel, sdist] = await both(fetchFile(choice.wheel, tools), fetchFile(choice.sdist, tools));
  if ('outcome' in wheel) return wheel;
  const object = await tools.job.upload(wheel.path);
  const artifact: Artifact = { purl: purl.text, file: choice.wheel.filename, ...object };
  if ('outcome' in sdist) return { ...sdist, artifact };
  const source: Source = {
    kind: 'sdist',
    file: choice.sdist.filename,
    url: publicUrl(choice.sdist.url),
    ...(await tools.job.upload(sdist.path)),
  };
  const { signal } = tools.job;
  const [published, contents] = await both(
    tools.readArchive(wheel.path, wheelTexts, signal),
    tools.readArchive(sdist.path, sdistTexts, signal),
  );
  if (whereIs(contents, artifact.digest.sha256))
    return { ...inconclusive('artifact-in-source', `The sdist holds ${artifact.file} itself.`), artifact };

  const uploadedAt = choice.wheel.uploadTime;
  if (uploadedAt === undefined)
    return { ...unsupported('no-recipe', 'The registry does not say when the file was uploaded.'), artifact };
  const inference = inferRecipes({
    wheelFile: artifact.file,
    uploadedAt,
    wheel: wheelFacts(published),
    source,
    sdist: sdistFacts(contents),
    architecture: tools.architecture,
    frontend: await readFile(new URL('./build-frontend.py', import.meta.url), 'utf8'),
  });
  if ('unsupported' in inference) return { ...unsupported('no-recipe', inference.unsupported), artifact };
  return { outcome: 'resolved', artifact, source, recipes: [...inference.recipes], uploadedAt };
}

/** Two things at once. Nothing goes on when it ends: a failure is thrown after both are done, the first one's first. */
async function both<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}

/** Downloads a file of the registry, and holds it against the registry's own digest. */
async function fetchFile(file: IndexFile, { upstream, job }: ResolveTools) {
  const path = join(job.folder, file.filename.endsWith('.whl') ? 'artifact' : 'source');
  job.progress({ type: 'note', text: `Fetching ${file.filename}` });
  const found = await upstream.download(file.url, path, { sizeMax: fileBytesMax, signal: job.signal });
  if (found === undefined)
    return inconclusive('artifact-not-found', `The registry lists ${file.filename} but does not have it.`);
  if (found.sha256 !== file.sha256)
    return inconclusive(
      'artifact-changed',
      `${file.filename} has sha256 ${found.sha256}, but the registry says ${file.sha256}.`,
    );
  return { path };
}

function notChosen({ kind, detail }: Exclude<ReleaseChoice, { kind: 'chosen' }>): NotEstablished {
  switch (kind) {
    case 'no-version':
    case 'no-file':
      return inconclusive('artifact-not-found', detail);
    case 'no-pure-wheel':
      return unsupported('no-recipe', detail);
    case 'no-sdist':
      return unsupported('source-not-found', detail);
  }
}

function inconclusive(reason: Reason, detail: string): NotEstablished {
  return { outcome: 'not-established', verdict: 'inconclusive', reason, retryable: false, detail };
}

function unsupported(reason: Reason, detail: string): NotEstablished {
  return { outcome: 'not-established', verdict: 'unsupported', reason, retryable: false, detail };
}
