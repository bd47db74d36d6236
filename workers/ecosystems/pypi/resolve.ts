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

  const wheel = await fetchFile(choice.wheel, tools);
  if ('outcome' in wheel) return wheel;
  const artifact: Artifact = { purl: purl.text, file: choice.wheel.filename, ...wheel.object };
  const sdist = await fetchFile(choice.sdist, tools);
  if ('outcome' in sdist) return { ...sdist, artifact };
  const source: Source = {
    kind: 'sdist',
    file: choice.sdist.filename,
    url: publicUrl(choice.sdist.url),
    ...sdist.object,
  };
  const { signal } = tools.job;
  const published = await tools.readArchive(wheel.path, wheelTexts, signal);
  const contents = await tools.readArchive(sdist.path, sdistTexts, signal);
  if (whereIs(contents, wheel.object.digest.sha256))
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

/** Downloads a file of the registry, holds it against the registry's own digest, and keeps it as an object. */
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
  return { path, object: await job.upload(path) };
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
