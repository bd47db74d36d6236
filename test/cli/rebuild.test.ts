import { mkdtemp, readFile, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RebuildResult } from '#schemas/rebuild.ts';
import { comparisonPredicateType } from '#schemas/predicate-types.ts';
import { ApiServer } from '#test/harness/api/api-server.ts';
import { waitUntilWaiting } from '#test/harness/api/wait-until-waiting.ts';
import { addFinished } from '#test/harness/cli/add-finished.ts';
import { runInProcess } from '#test/harness/cli/run-in-process.ts';
import { differentResult, equivalentResult, sampleResult } from '#test/harness/cli/sample-result.ts';
import { sha256Of } from '#test/harness/samples.ts';

let api: ApiServer;
let folder: string;
let token: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-rebuild-'));
  api = await ApiServer.start();
  token = await api.createToken('somebody');
});
afterEach(async () => {
  await api[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const run = (args: readonly string[], signal?: AbortSignal) =>
  runInProcess(args, {
    cwd: folder,
    env: { ASSAY_API_URL: api.url, ASSAY_TOKEN: token, XDG_STATE_HOME: join(folder, 'state') },
    ...(signal !== undefined && { signal }),
  });

/** Ends the one rebuild that is open as `shown` says, once the command line waits for it. */
async function finish(shown: Partial<RebuildResult>): Promise<void> {
  await waitUntilWaiting(api, 2);
  const [open] = api.plane.rebuildStates.newestFirst();
  if (open === undefined) throw new Error('nothing was submitted');
  const { rebuild: own } = open.result;
  api.plane.rebuildStates.tell(open, { type: 'verdict' });
  api.plane.rebuildStates.change(open, {
    ...sampleResult(),
    ...shown,
    rebuild: { ...own, finishedAt: own.createdAt },
  });
}

describe('assay rebuild', () => {
  it.each([
    [sampleResult(), 0, /^Reproduced: /],
    [equivalentResult(), 1, /^Equivalent: /],
    [differentResult(), 1, /^Different: /],
    [sampleResult({ verdict: 'build-failed', reason: 'step-failed' }), 1, /^Build failed: /],
    [sampleResult({ verdict: 'unsupported', reason: 'no-recipe' }), 3, /^Not established: /],
    [sampleResult({ verdict: 'inconclusive', reason: 'input-unavailable' }), 3, /^Not established for /],
  ] as const)('ends with the verdict as exit code and first line', async (result, code, sentence) => {
    const [ended] = await Promise.all([run(['rebuild', 'pkg:pypi/thing@1.0']), finish(result)]);
    expect(ended.code).toBe(code);
    expect(ended.stdout).toMatch(sentence);
  });

  it('shows the steps on stderr and nothing but the report on stdout', async () => {
    const ending = run(['rebuild', 'pkg:pypi/thing@1.0', '--format', 'json']);
    await waitUntilWaiting(api, 2);
    const [open] = api.plane.rebuildStates.newestFirst();
    if (open === undefined) throw new Error('nothing was submitted');
    api.plane.rebuildStates.tell(open, { type: 'stage', stage: 'resolve', state: 'started' });
    api.plane.rebuildStates.tell(open, {
      type: 'step',
      name: '\u001b[2Jbuild',
      state: 'started',
      attempt: 1,
    });
    await finish({});
    const { stdout, stderr } = await ending;
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, verdict: 'reproduced' });
    expect(stderr).toContain('finding the artifact');
    expect(stderr).toContain(String.raw`building: \x1b[2Jbuild`);
    expect(stderr).not.toContain('\u001b');
  });

  it('--quiet says nothing on stderr', async () => {
    const [ended] = await Promise.all([run(['rebuild', '--quiet', 'pkg:pypi/thing@1.0']), finish({})]);
    expect(ended.stderr).toBe('');
  });

  it('keeps bundles, key and artifact in --output-dir and prints the command that verifies them', async () => {
    const admin = { subject: 'worker:attest', scope: 'worker:attest' } as const;
    await api.plane.registerSigner(admin, {
      builderId: 'https://builder.test/1',
      log: false,
      key: { hint: 'h', publicKeyPem: 'PEM' },
    });
    const bundle = '{"a":"bundle"}';
    const artifact = 'artifact';
    for (const text of [bundle, artifact]) {
      await api.request('PUT', `/v1/uploads/sha256:${sha256Of(text)}`, { token, body: text });
    }
    const attestation = {
      predicateType: comparisonPredicateType,
      subject: { sha256: sha256Of(artifact) },
      state: 'complete' as const,
      digest: { sha256: sha256Of(bundle) },
      size: bundle.length,
    };
    const args = ['rebuild', 'pkg:pypi/thing@1.0', '--output-dir', 'kept', '--output', 'r.json'];
    const [ended] = await Promise.all([run(args), finish({ attestations: [attestation] })]);
    const name = join(folder, 'kept', 'thing-1.0-py3-none-any.whl');
    expect(await readFile(`${name}.comparison.sigstore.json`, 'utf8')).toBe(bundle);
    expect(await readFile(name, 'utf8')).toBe(artifact);
    expect(await readFile(join(folder, 'kept', 'assay.pub'), 'utf8')).toBe('PEM\n');
    expect(ended.stdout).toContain(
      `assay verify ${name} --bundle ${name}.comparison.sigstore.json --key ${join(folder, 'kept', 'assay.pub')}`,
    );
    const report = JSON.parse(await readFile(join(folder, 'r.json'), 'utf8')) as RebuildResult;
    expect(report.attestations[0]?.file).toBe(`${name}.comparison.sigstore.json`);
  });

  it('--recipe uploads source and artifact, and submits a recipe that names them by digest', async () => {
    await mkdir(join(folder, 'src'));
    await writeFile(join(folder, 'src', 'main.c'), 'int main(){}');
    await writeFile(join(folder, 'thing.tar.gz'), 'artifact');
    await writeFile(
      join(folder, 'assay.yaml'),
      'schemaVersion: 1\nsource: {path: src}\nenvironment: {packages: [gcc]}\nsteps: [make]\noutputs: [thing.tar.gz]\n',
    );
    const args = ['rebuild', '--recipe', 'assay.yaml', './thing.tar.gz'];
    const [ended] = await Promise.all([run(args), finish({})]);
    expect(ended.code).toBe(0);
    const [submitted] = api.plane.rebuildStates.newestFirst();
    expect(submitted?.request).toMatchObject({
      kind: 'supplied',
      artifact: { file: 'thing.tar.gz', digest: { sha256: sha256Of('artifact') } },
      recipe: { by: 'supplied', source: { kind: 'folder', file: 'source.tar' } },
    });
  });

  it.each([
    ['steps: [', 'not YAML'],
    ['schemaVersion: 1\nsteps: [make]\n', 'source'],
    [
      'schemaVersion: 1\nsource: {path: nowhere}\nenvironment: {}\nsteps: [make]\noutputs: [x]\n',
      'neither a folder',
    ],
    ['schemaVersion: 1\nsource: {path: .}\nsteps: [make]\noutputs: [../x]\n', 'outputs'],
  ])('a recipe with faults is exit 2 and the fault is named: %j', async (recipe, named) => {
    await writeFile(join(folder, 'assay.yaml'), recipe);
    await writeFile(join(folder, 'x'), 'artifact');
    const { code, stderr } = await run(['rebuild', '--recipe', 'assay.yaml', 'x']);
    expect(code).toBe(2);
    expect(stderr).toContain(named);
  });

  it('interrupted: exit 130, and a service of others goes on with the work', async () => {
    const interruption = new AbortController();
    const ending = run(['rebuild', 'pkg:pypi/thing@1.0'], interruption.signal);
    await waitUntilWaiting(api, 2);
    interruption.abort();
    const ended = await ending;
    expect(ended.code).toBe(130);
    expect(ended.stderr).toContain('assay wait ');
    expect(api.plane.rebuildStates.newestFirst()[0]?.result.verdict).toBe('pending');
  });

  it('without a token it is exit 4', async () => {
    token = '';
    expect(await run(['rebuild', 'pkg:pypi/thing@1.0'])).toMatchObject({ code: 4, stdout: '' });
  });

  it('an ecosystem that nothing here can rebuild is exit 3', async () => {
    expect(await run(['rebuild', 'pkg:cargo/serde@1.0.0'])).toMatchObject({ code: 3, stdout: '' });
  });
});

describe('assay submit, wait and token', () => {
  it('submit prints the id alone, and wait reports what rebuild would', async () => {
    const submitted = await run(['submit', 'pkg:pypi/thing@1.0']);
    expect(submitted.code).toBe(0);
    const id = submitted.stdout.trim();
    const [waited] = await Promise.all([run(['wait', id]), finish(differentResult())]);
    expect(waited.code).toBe(1);
    expect(waited.stdout).toContain(id);
  });

  it('a rebuild that does not end in time is exit 3', async () => {
    const { stdout } = await run(['submit', 'pkg:pypi/thing@1.0']);
    const waiting = run(['wait', stdout.trim(), '--timeout', '1']);
    await waitUntilWaiting(api, 2);
    api.advance(2);
    expect(await waiting).toMatchObject({ code: 3, stdout: '' });
  });

  it('what does not exist is exit 3', async () => {
    expect(await run(['wait', crypto.randomUUID()])).toMatchObject({ code: 3, stdout: '' });
  });

  it('reads of what is public need no token', async () => {
    const id = addFinished(api, sampleResult());
    token = '';
    expect(await run(['wait', id])).toMatchObject({ code: 0 });
  });

  it('token create prints the token alone; list never shows it; revoke ends it', async () => {
    token = api.machineToken('admin');
    const created = await run(['token', 'create', 'ci', '--expires-in-days', '7']);
    const fresh = created.stdout.trim();
    expect(created.code).toBe(0);
    const listed = await run(['token', 'list', '--format', 'json']);
    expect(listed.stdout).not.toContain(fresh);
    const { tokens } = JSON.parse(listed.stdout) as { tokens: { id: string; name: string }[] };
    const id = tokens.find(({ name }) => name === 'ci')?.id ?? '';
    token = fresh;
    expect((await run(['submit', 'pkg:pypi/thing@1.0'])).code).toBe(0);
    expect((await run(['token', 'list'])).code).toBe(4);
    token = api.machineToken('admin');
    expect((await run(['token', 'revoke', id])).code).toBe(0);
    token = fresh;
    expect((await run(['submit', 'pkg:pypi/thing@1.0'])).code).toBe(4);
  });
});
