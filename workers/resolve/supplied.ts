import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { AppError } from '#core/errors/app-error.ts';
import { couldHide } from '#schemas/could-hide.ts';
import type { JobInput, JobReport } from '#schemas/jobs.ts';
import type { Reason } from '#schemas/verdict.ts';
import { whereIs, type ReadArchive } from '../ecosystems/archive-facts.ts';
import type { JobContext } from '../runtime/control-client.ts';
import { withoutRecipe } from './without-recipe.ts';

type Supplied = Extract<JobInput<'resolve'>, { kind: 'supplied' }>;

/**
 * A recipe that somebody supplied is taken as it is, once both sides are there and none of its inputs holds the
 * artifact's own bytes: then a build could copy what it is to prove.
 */
export async function resolveSupplied(
  { artifact, recipe }: Supplied,
  job: Pick<JobContext<'resolve'>, 'folder' | 'signal' | 'download'>,
  readArchive: ReadArchive,
): Promise<JobReport<'resolve'>> {
  const refuse = (reason: Reason, detail: string): JobReport<'resolve'> => ({
    outcome: 'not-established',
    verdict: 'inconclusive',
    reason,
    retryable: false,
    detail,
    artifact,
  });
  const { sha256 } = artifact.digest;
  const { source } = recipe;
  if (!(await fetched(job, sha256, 'artifact')))
    return refuse('artifact-not-found', 'The artifact was not uploaded, or is no longer kept.');
  if (source.digest.sha256 === sha256)
    return refuse('artifact-in-source', 'The source is the artifact itself.');
  const embedded = recipe.files.find((file) => digestOf(file.text) === sha256);
  if (embedded)
    return refuse('artifact-in-source', `The recipe's file ${embedded.path} is the artifact itself.`);
  const path = await fetched(job, source.digest.sha256, 'source');
  if (path === undefined)
    return refuse('source-not-found', 'The source was not uploaded, or is no longer kept.');
  const contents = await readArchive(path, [], job.signal);
  if (contents.formats.at(-1) !== 'tar')
    return { ...withoutRecipe('The source is not a tarball, plain or gzipped.'), artifact };
  const found = whereIs(contents, sha256);
  if (found)
    return refuse(
      'artifact-in-source',
      `The source holds the artifact itself: ${found.join(' → ').slice(0, 2000)}`,
    );
  const unread = contents.cut.filter(couldHide).map(({ detail }) => detail);
  if (unread.length > 0)
    return refuse(
      'artifact-in-source',
      `It cannot be told that the source does not hold the artifact itself: ${unread.join('; ').slice(0, 2000)}`,
    );
  return { outcome: 'resolved', artifact, source, recipes: [recipe] };
}

/** The object's path in the job's folder, or undefined where it is not kept. */
async function fetched(
  job: Pick<JobContext<'resolve'>, 'folder' | 'download'>,
  sha256: string,
  name: string,
): Promise<string | undefined> {
  const path = join(job.folder, name);
  try {
    await job.download(sha256, path);
    return path;
  } catch (error) {
    if (error instanceof AppError && error.code === 'not-found') return undefined;
    throw error;
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
