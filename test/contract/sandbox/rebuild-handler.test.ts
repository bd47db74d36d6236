import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RebuildReport, type ProgressEvent } from '#schemas/jobs.ts';
import { defaultLimits, Recipe, type Step } from '#schemas/recipe.ts';
import { createRebuildHandler } from '#workers/rebuild/handler.ts';
import { lookAround } from '#workers/rebuild/look-around.ts';
import type { JobContext } from '#workers/runtime/control-client.ts';
import { createBubblewrap } from '#workers/sandbox/bubblewrap.ts';
import { findCgroupParents } from '#workers/sandbox/cgroup/parents.ts';
import { shellStep } from './attempt.ts';
import { testRootfs } from './test-rootfs.ts';

const sha256Of = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
const source = 'the source of a package\n';
const asked: string[] = [];
const gateway = createServer((request, response) => {
  asked.push(`${request.headers.authorization} ${request.url}`);
  response.end('from the gateway');
});
let folder: string;
let handler: ReturnType<typeof createRebuildHandler>;

beforeAll(async () => {
  const rootfs = await testRootfs();
  folder = await mkdtemp(join(tmpdir(), 'assay-handler-'));
  await chmod(folder, 0o711);
  await once(gateway.listen(0, '127.0.0.1'), 'listening');
  handler = createRebuildHandler({
    sandbox: createBubblewrap({ folder: join(folder, 'sandbox'), cgroups: await findCgroupParents() }),
    rootfs: { folder: dirname(dirname(rootfs.folder)) },
    gatewayUrl: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`,
    lookAround: (canaries) => lookAround(canaries, [], () => Promise.resolve('silent')),
    now: () => new Date('2026-11-22T12:00:00.123Z'),
    explainerOf: () => (tail) =>
      tail.includes('no thing==1') ? { detail: 'The registry lacks thing 1.' } : undefined,
  });
}, 300_000);

afterAll(async () => {
  gateway.closeAllConnections();
  gateway.close();
  await rm(folder, { recursive: true, force: true });
});

let jobs = 0;

/** Runs one job whose objects lie in memory; what it reports must fit the schema, as the api would ask. */
async function rebuild(steps: Step[], change: Partial<Recipe> = {}) {
  jobs += 1;
  const jobFolder = join(folder, `job-${jobs}`);
  // As a worker under a strict umask would make it.
  await mkdir(jobFolder, { mode: 0o700 });
  const objects = new Map([[sha256Of(source), Buffer.from(source)]]);
  const progress: ProgressEvent[] = [];
  const recipe = Recipe.parse({
    schemaVersion: 1,
    by: 'inferred',
    ecosystem: 'pypi',
    source: {
      kind: 'sdist',
      file: 'thing-1.tar.gz',
      digest: { sha256: sha256Of(source) },
      size: source.length,
    },
    environment: {
      kind: 'debian',
      suite: 'bookworm',
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      packages: [],
    },
    clock: { from: 'none' },
    variables: {},
    files: [{ path: 'in/constraints.txt', text: 'thing==1\n' }],
    steps,
    outputs: ['out/thing.whl'],
    limits: defaultLimits,
    notes: [],
    ...change,
  });
  const keep = (bytes: Buffer<ArrayBuffer>) => {
    objects.set(sha256Of(bytes), bytes);
    return { digest: { sha256: sha256Of(bytes) }, size: bytes.length };
  };
  const job: JobContext<'rebuild'> = {
    jobId: '01890000-0000-7000-8000-000000000001',
    rebuildId: '01890000-0000-7000-8000-000000000002',
    fence: jobs,
    input: { recipe, attempt: 1, gateway: { token: 'the-grant', mode: 'record' } },
    signal: new AbortController().signal,
    folder: jobFolder,
    progress: (event) => progress.push(event),
    download: async (sha256, path) => {
      const bytes = objects.get(sha256) ?? Buffer.alloc(0);
      await writeFile(path, bytes, { mode: 0o600 });
      return { digest: { sha256 }, size: bytes.length };
    },
    upload: async (path) => keep(await readFile(path)),
    uploadBytes: () => Promise.reject(new Error('not used here')),
  };
  const report = RebuildReport.parse(await handler(job));
  const text = (sha256: string | undefined) => objects.get(sha256 ?? '')?.toString('utf8');
  return { report, progress, text };
}

test('a recipe that works reports its outputs, its log, its root file system and how it was confined', async () => {
  const { report, progress, text } = await rebuild([
    shellStep('mkdir out; cat in/thing-1.tar.gz in/constraints.txt >out/thing.whl; echo made'),
  ]);
  expect(report).toMatchObject({
    outcome: 'built',
    ran: { startedOn: '2026-11-22T12:00:00Z', steps: [{ name: 'build', exitCode: 0 }] },
  });
  if (report.outcome !== 'built') return;
  expect(report.outputs.map(({ path, file }) => [path, file])).toEqual([['out/thing.whl', 'thing.whl']]);
  expect(text(report.outputs[0]?.digest.sha256)).toBe(`${source}thing==1\n`);
  expect(text(report.ran.log?.digest.sha256)).toBe('== build\nmade\n== build ended with exit code 0\n');
  expect(report.ran.rootfs.packages.length).toBeGreaterThan(50);
  expect(progress).toContainEqual({ type: 'log', stream: 'stdout', line: 'made' });
  expect(progress).toContainEqual({ type: 'step', name: 'build', state: 'ended', exitCode: 0 });
});

test("a build reaches its gateway session, with the attempt's grant, which it never sees", async () => {
  const script =
    'use IO::Socket::INET; my $s = IO::Socket::INET->new("127.0.0.1:8765") or die $!; print $s "GET /simple/ HTTP/1.0\\r\\n\\r\\n"; print <$s>';
  const { progress } = await rebuild([
    { name: 'build', phase: 'build', run: ['perl', '-e', script] },
    shellStep('env', 'show'),
  ]);
  expect(asked).toEqual(['Bearer the-grant /v1/build/simple/']);
  expect(progress).toContainEqual({ type: 'log', stream: 'stdout', line: 'from the gateway' });
  expect(JSON.stringify(progress)).not.toContain('the-grant');
});

test('a step that names what the registry lacks is told as an input that is not to be had', async () => {
  const { report } = await rebuild([
    { ...shellStep('echo no thing==1 >&2; exit 1', 'install'), phase: 'dependencies' },
  ]);
  expect(report).toMatchObject({
    outcome: 'not-established',
    verdict: 'inconclusive',
    reason: 'input-unavailable',
    detail: 'The registry lacks thing 1.',
  });
});

test('a build that does not make what it declared has failed', async () => {
  expect((await rebuild([shellStep('true')])).report).toMatchObject({
    outcome: 'build-failed',
    reason: 'output-missing',
  });
});

test.each([
  ['a file beside the inputs', { files: [{ path: 'out/thing.whl', text: '' }] }],
  ["a file in the source's place", { files: [{ path: 'in/thing-1.tar.gz', text: '' }] }],
])('a recipe with %s is not run', async (_, change) => {
  const { report } = await rebuild([shellStep('true')], change);
  expect(report).toMatchObject({ outcome: 'not-established', verdict: 'unsupported' });
});

test('a pinned root file system that is not here makes the attempt inconclusive, not another environment', async () => {
  const environment = {
    kind: 'debian',
    suite: 'bookworm',
    architecture: 'amd64',
    packages: [],
    rootfs: { sha256: '0'.repeat(64) },
  } as const;
  const { report } = await rebuild([shellStep('true')], { environment: { ...environment, packages: [] } });
  expect(report).toMatchObject({
    outcome: 'not-established',
    verdict: 'inconclusive',
    reason: 'input-unavailable',
  });
});
