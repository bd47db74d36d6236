import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#core/errors/app-error.ts';
import { recipeFromFile } from '#core/recipe/from-recipe-file.ts';
import { ResolveReport, type ResolveInput } from '#schemas/jobs.ts';
import { RecipeFile } from '#schemas/recipe-file.ts';
import { sha256 } from '#test/workers/ecosystems/pypi/local-registry.ts';
import { tinyTar, tinyTarGz, tinyZip } from '#test/workers/ecosystems/tiny-archives.ts';
import { createResolveHandler } from '#workers/resolve/handler.ts';
import { readArchive } from '#workers/resolve/read-archive.ts';
import type { JobContext } from '#workers/runtime/control-client.ts';

const artifactBytes = tinyTarGz([{ name: 'thing', content: 'the artifact' }]);
const objects = new Map<string, Buffer>();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-supplied-'));
});
afterEach(async () => {
  objects.clear();
  await rm(folder, { recursive: true });
});

function keep(bytes: Buffer) {
  objects.set(sha256(bytes), bytes);
  return { digest: { sha256: sha256(bytes) }, size: bytes.length };
}

function jobOf(input: ResolveInput): JobContext<'resolve'> {
  return {
    jobId: '5d1f8a40-6f3e-4c58-9f0e-0a4f9d5f2c11',
    rebuildId: '5d1f8a40-6f3e-4c58-9f0e-0a4f9d5f2c12',
    fence: 1,
    input,
    signal: new AbortController().signal,
    folder,
    progress: () => undefined,
    async download(digest, path) {
      const bytes = objects.get(digest);
      if (bytes === undefined) throw new AppError('not-found', 'There is no such object.');
      await writeFile(path, bytes);
      return { digest: { sha256: digest }, size: bytes.length };
    },
    upload: () => Promise.reject(new Error('nothing is uploaded')),
    uploadBytes: () => Promise.reject(new Error('nothing is uploaded')),
  };
}

function supplied(source: {
  digest: { sha256: string };
  size: number;
}): Extract<ResolveInput, { kind: 'supplied' }> {
  const file = RecipeFile.parse({
    schemaVersion: 1,
    source: { path: 'src' },
    environment: {},
    steps: ['make'],
    outputs: ['thing.tar.gz'],
  });
  return {
    kind: 'supplied',
    artifact: { file: 'thing.tar.gz', ...keep(artifactBytes) },
    recipe: recipeFromFile(file, { kind: 'folder', file: 'source.tar', ...source }),
  };
}

async function resolve(input: ResolveInput) {
  const handler = createResolveHandler({ upstreams: [], readArchive, architecture: 'amd64' });
  return ResolveReport.parse(await handler(jobOf(input)));
}

const refusal = (reason: string) => ({
  outcome: 'not-established',
  verdict: 'inconclusive',
  reason,
  retryable: false,
  artifact: { file: 'thing.tar.gz' },
});

describe('a supplied recipe', () => {
  it('is taken as it is, once both sides are there', async () => {
    const input = supplied(keep(tinyTar([{ name: 'Makefile', content: 'all:\n' }])));
    expect(await resolve(input)).toEqual({
      outcome: 'resolved',
      artifact: input.artifact,
      source: input.recipe.source,
      recipes: [input.recipe],
    });
  });

  it('is refused where the source is the artifact', async () => {
    expect(await resolve(supplied(keep(artifactBytes)))).toMatchObject(refusal('artifact-in-source'));
  });

  it.each([
    ['as a member', artifactBytes],
    ['in a zip', tinyZip([{ name: 'b.bin', content: artifactBytes }])],
    [
      'in a tar in a zip',
      tinyZip([{ name: 'b', content: tinyTarGz([{ name: 'c', content: artifactBytes }]) }]),
    ],
  ])('is refused where the source holds the artifact %s, and says where', async (_where, content) => {
    const report = await resolve(supplied(keep(tinyTar([{ name: 'vendor/a.bin', content }]))));
    expect(report).toMatchObject(refusal('artifact-in-source'));
    expect(report).toHaveProperty('detail', expect.stringContaining('vendor/a.bin'));
  });

  it('is refused where the source is nested deeper than can be looked into', async () => {
    let content = artifactBytes;
    for (let depth = 0; depth < 12; depth += 1) content = tinyTar([{ name: `level-${depth}.tar`, content }]);
    expect(await resolve(supplied(keep(content)))).toMatchObject(refusal('artifact-in-source'));
  });

  it('is refused where one of its own files is the artifact', async () => {
    const text = 'the artifact is text';
    const input = supplied(keep(tinyTar([{ name: 'Makefile', content: 'all:\n' }])));
    const artifact = { file: 'thing.tar.gz', ...keep(Buffer.from(text)) };
    const recipe = { ...input.recipe, files: [{ path: 'in/x', text }] };
    expect(await resolve({ ...input, artifact, recipe })).toMatchObject(refusal('artifact-in-source'));
  });

  it('is not established where a side is no longer kept', async () => {
    const input = supplied(keep(tinyTar([{ name: 'Makefile', content: 'all:\n' }])));
    objects.delete(input.recipe.source.digest.sha256);
    expect(await resolve(input)).toMatchObject(refusal('source-not-found'));
    objects.clear();
    expect(await resolve(input)).toMatchObject(refusal('artifact-not-found'));
  });

  it('is unsupported where the source is no tarball', async () => {
    expect(await resolve(supplied(keep(Buffer.from('just text'))))).toMatchObject({
      verdict: 'unsupported',
      reason: 'no-recipe',
    });
  });
});

describe('a purl of a kind that nobody here knows', () => {
  it('is unsupported, with a sentence that names what is supported', async () => {
    expect(await resolve({ kind: 'purl', purl: 'pkg:cargo/serde@1.0.0' })).toMatchObject({
      verdict: 'unsupported',
      retryable: false,
      detail: expect.stringContaining('pypi'),
    });
  });
});
