import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePurl } from '#core/purl/purl.ts';
import type { JobReport } from '#schemas/jobs.ts';
import { ResolveReport } from '#schemas/jobs.ts';
import { pypi } from '#workers/ecosystems/pypi/pypi.ts';
import { Upstream } from '#workers/ecosystems/upstream.ts';
import { readArchive } from '#workers/resolve/read-archive.ts';
import { tinyTarGz, tinyZip } from '../tiny-archives.ts';
import {
  registryPassword,
  sha256,
  startLocalRegistry,
  type LocalRegistry,
  type RegistryFile,
} from './local-registry.ts';

const uploadTime = '2026-09-17T14:12:00.000Z';
const wheelBytes = tinyZip([
  { name: 'thing/__init__.py', content: 'x = 1\n' },
  { name: 'thing-1.0.dist-info/WHEEL', content: 'Wheel-Version: 1.0\nGenerator: hatchling 1.27.0\n' },
  { name: 'thing-1.0.dist-info/RECORD', content: '' },
]);
const sdistMembers = [
  { name: 'thing-1.0/thing/__init__.py', content: 'x = 1\n' },
  {
    name: 'thing-1.0/pyproject.toml',
    content: '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n',
  },
];
const wheel: RegistryFile = { filename: 'thing-1.0-py3-none-any.whl', bytes: wheelBytes, uploadTime };
const sdist: RegistryFile = { filename: 'thing-1.0.tar.gz', bytes: tinyTarGz(sdistMembers), uploadTime };

let registry: LocalRegistry;
let upstream: Upstream;
let folder: string;
const uploaded: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-resolve-'));
  registry = await startLocalRegistry({ thing: [wheel, sdist] });
  upstream = new Upstream({ url: registry.indexUrl }, { retries: 0 });
  uploaded.length = 0;
});
afterEach(async () => {
  await Promise.all([registry.close(), upstream.close()]);
  await rm(folder, { recursive: true });
});

function tools() {
  const job = {
    folder,
    signal: new AbortController().signal,
    progress: () => undefined,
    async upload(path: string) {
      const bytes = await readFile(path);
      uploaded.push(sha256(bytes));
      return { digest: { sha256: sha256(bytes) }, size: bytes.length };
    },
  };
  return { upstream, readArchive, architecture: 'amd64' as const, job };
}

async function resolve(purl = 'pkg:pypi/thing@1.0', file?: string): Promise<JobReport<'resolve'>> {
  return ResolveReport.parse(await pypi.resolve(parsePurl(purl), file, tools()));
}

describe('resolving a purl', () => {
  it('finds the wheel, its sdist and a recipe from what both tell, and keeps both as objects', async () => {
    const report = await resolve();
    expect(report).toMatchObject({
      outcome: 'resolved',
      uploadedAt: uploadTime,
      artifact: { purl: 'pkg:pypi/thing@1.0', file: wheel.filename, digest: { sha256: sha256(wheelBytes) } },
      source: {
        kind: 'sdist',
        file: sdist.filename,
        url: `${registry.url}/packages/thing/${sdist.filename}`,
      },
      recipes: [
        {
          clock: { from: 'inferred-single', sourceDateEpoch: Date.parse('2026-09-17T14:10:00Z') / 1000 },
          registry: { protocol: 'pypi', before: uploadTime },
          outputs: [`out/${wheel.filename}`],
        },
      ],
    });
    expect(JSON.stringify(report)).toContain('hatchling==1.27.0');
    expect(uploaded).toEqual([sha256(wheelBytes), sha256(sdist.bytes)]);
  });

  it("never says the registry's credentials", async () => {
    const text = JSON.stringify(await resolve());
    expect(text).not.toContain(registryPassword);
    expect(text).not.toContain('secret-query');
  });

  it('takes a version by any of its spellings, and the file that was named', async () => {
    expect(await resolve('pkg:pypi/Thing@1.0.0')).toMatchObject({ outcome: 'resolved' });
    expect(await resolve('pkg:pypi/thing@1.0', 'thing-1.0-py2-none-any.whl')).toMatchObject({
      verdict: 'inconclusive',
      reason: 'artifact-not-found',
    });
  });

  it.each(['pkg:pypi/thing@9.9', 'pkg:pypi/nothing@1.0'])(
    'says in a sentence that there is no %s',
    async (purl) => {
      expect(await resolve(purl)).toMatchObject({
        outcome: 'not-established',
        verdict: 'inconclusive',
        reason: 'artifact-not-found',
        retryable: false,
        detail: expect.stringMatching(/^The registry has no (version 9\.9 of thing|project nothing)\.$/),
      });
    },
  );

  it('establishes nothing of bytes that are not those the registry names', async () => {
    registry.projects.set('thing', [{ ...wheel, sha256: 'f'.repeat(64) }, sdist]);
    expect(await resolve()).toMatchObject({ verdict: 'inconclusive', reason: 'artifact-changed' });
    expect(uploaded).toEqual([]);
  });

  it.each([
    ['directly', wheelBytes],
    ['in an archive within it', tinyTarGz([{ name: 'deep/hidden.bin', content: wheelBytes }])],
  ])('refuses an sdist that holds the wheel %s', async (_where, content) => {
    const bytes = tinyTarGz([...sdistMembers, { name: 'thing-1.0/prebuilt', content }]);
    registry.projects.set('thing', [wheel, { ...sdist, bytes }]);
    expect(await resolve()).toMatchObject({
      verdict: 'inconclusive',
      reason: 'artifact-in-source',
      retryable: false,
    });
  });

  it.each([
    [
      'there is no wheel for any platform',
      [{ ...wheel, filename: 'thing-1.0-cp311-cp311-linux_x86_64.whl' }, sdist],
      'no-recipe',
    ],
    ['there is no sdist', [wheel], 'source-not-found'],
    ['the sdist is no archive', [wheel, { ...sdist, bytes: Buffer.from('not an archive') }], 'no-recipe'],
    [
      'the registry does not say when it was uploaded',
      [{ filename: wheel.filename, bytes: wheelBytes }, sdist],
      'no-recipe',
    ],
  ])('is unsupported where %s', async (_why, files, reason) => {
    registry.projects.set('thing', files);
    expect(await resolve()).toMatchObject({ verdict: 'unsupported', reason, retryable: false });
  });
});

describe('looking again before a verdict', () => {
  const artifact = {
    purl: 'pkg:pypi/thing@1.0',
    file: wheel.filename,
    digest: { sha256: sha256(wheelBytes) },
    size: wheelBytes.length,
  };
  const recheck = () => pypi.recheck(parsePurl(artifact.purl), artifact, tools());

  it('says that the registry still names the same digest', async () => {
    expect(await recheck()).toEqual({ outcome: 'unchanged' });
  });

  it.each([
    ['was replaced', [{ ...wheel, bytes: Buffer.from('other') }]],
    ['was withdrawn', []],
  ])('says that the file %s', async (_what, files: RegistryFile[]) => {
    registry.projects.set('thing', files);
    expect(await recheck()).toMatchObject({ verdict: 'inconclusive', reason: 'artifact-changed' });
  });
});
