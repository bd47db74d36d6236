import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CheckReport } from '#schemas/check.ts';
import { testRootfs } from '#test/contract/sandbox/test-rootfs.ts';
import { checkout, runCli, type CliRun } from '#test/harness/e2e/run-cli.ts';

const fixtures = join(checkout, 'test', 'fixtures', 'vary');
let environment: Record<string, string>;
let folder: string;

beforeAll(async () => {
  const rootfs = await testRootfs();
  environment = { ASSAY_SANDBOX: 'bubblewrap', ASSAY_ROOTFS_DIR: dirname(dirname(rootfs.folder)) };
  folder = await mkdtemp(join(tmpdir(), 'assay-check-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** `assay check` by a fixture's recipe. */
function check(fixture: string, ...args: string[]): Promise<CliRun> {
  const recipe = join(fixtures, fixture, 'assay.yaml');
  return runCli(['check', ...args, '--recipe', recipe, '--quiet'], environment);
}

function reportOf({ stdout, stderr }: CliRun): CheckReport {
  if (!stdout.startsWith('{')) throw new Error(`no report: ${stdout}${stderr}`);
  return CheckReport.parse(JSON.parse(stdout));
}

/** Each cause in a few words: what came of its fix after a slash, where one was tried. */
function named({ causes }: CheckReport): string[] {
  return causes
    .map(({ id, confidence, fix }) => {
      const tried = fix === undefined || fix.outcome === 'not-tried' ? '' : `/${fix.outcome}`;
      return `${confidence} ${id}${tried}`;
    })
    .toSorted();
}

describe.concurrent('assay check --vary', () => {
  it.for([
    ['time', 'build-time-in-content/does-not'],
    ['time-heeded', 'build-time-in-content/works'],
    ['year', 'build-time-in-content/does-not'],
    ['time-in-archive', 'build-time-in-metadata/does-not'],
    ['file-order', 'file-order'],
    ['environment', 'environment-variable'],
    ['locale', 'locale/works'],
    ['time-zone', 'time-zone/works'],
    ['build-path', 'build-path'],
    ['home', 'home-folder/works'],
    ['randomness', 'random-value'],
    ['hash-seed', 'hash-order/works'],
    ['process-id', 'process-id'],
    ['race', 'parallel-order'],
    ['cpu-count', 'cpu-count'],
    ['user', 'user-and-host'],
    ['host-name', 'user-and-host'],
    ['umask', 'umask/works'],
    ['kernel', 'kernel-release'],
    ['locale-and-time-zone', 'together/works'],
    ['user-and-umask', 'together/works'],
  ] as const)(
    'proves for %s that the cause is %s, and names no other',
    async ([fixture, cause], { expect: expects }) => {
      const run = await check(fixture, '--vary', '--format', 'json');
      const report = reportOf(run);
      expects(named(report)).toEqual([`confirmed ${cause}`]);
      expects(report).toMatchObject({ result: 'not-reproducible', unexplained: 0, cut: [] });
      expects(report.causes[0]?.evidence[0]).toMatchObject({ path: expect.any(Array) });
      expects(run.exit).toBe(1);
    },
  );

  it('names each of six causes in two outputs, three of them in one file', async ({ expect: expects }) => {
    const report = reportOf(await check('several', '--vary', '--format', 'json'));
    expects(named(report)).toEqual([
      'confirmed build-path',
      'confirmed build-time-in-content/does-not',
      'confirmed hash-order/works',
      'confirmed random-value',
      'confirmed time-zone/works',
      'confirmed user-and-host',
    ]);
    expects(report.unexplained).toBe(0);
  });

  it('finds with --thorough what one variation hides of another, which without it passes for reproducible', async ({
    expect: expects,
  }) => {
    const plain = reportOf(await check('hidden', '--vary', '--format', 'json'));
    expects(plain).toMatchObject({ result: 'reproducible', builds: 2 });
    const report = reportOf(await check('hidden', '--vary', '--thorough', '--format', 'json'));
    expects(named(report)).toEqual(['confirmed user-and-host']);
    expects(report).toMatchObject({ result: 'not-reproducible', unexplained: 0, cut: [] });
  });

  it('names none of a reproducible build, after two builds', async ({ expect: expects }) => {
    const run = await check('reproducible', '--vary', '--format', 'json');
    const report = reportOf(run);
    expects(report).toMatchObject({ result: 'reproducible', causes: [], builds: 2, cut: [] });
    expects(new Set(report.varied.map(({ outcome }) => outcome))).toEqual(new Set(['same']));
    expects(run.exit).toBe(0);
  });
});

describe('assay check', () => {
  let candidate: string;
  beforeAll(async () => {
    candidate = join(folder, 'candidate.txt');
    await writeFile(candidate, 'built on build\n');
  });

  it('says that a candidate is what its recipe builds, and that another one is not', async () => {
    const same = await check('host-name', candidate, '--format', 'json');
    expect(reportOf(same)).toMatchObject({
      result: 'reproducible',
      candidate: { result: 'identical' },
      builds: 1,
    });
    expect(same.exit).toBe(0);
    const other = join(folder, 'other.txt');
    await writeFile(other, 'built on laptop\n');
    const run = await check('host-name', other, '--format', 'json');
    expect(reportOf(run)).toMatchObject({
      result: 'candidate-differs',
      candidate: { result: 'different', causes: [{ id: 'user-and-host' }] },
    });
    expect(run.exit).toBe(1);
  });

  it('writes all five reports of one run, each with the proven cause, and keeps stdout for data', async () => {
    const names = ['report.json', 'report.md', 'report.sarif', 'report.html', 'report.txt'];
    const files = names.map((name) => join(folder, name));
    const run = await check('host-name', candidate, '--vary', ...files.flatMap((file) => ['--output', file]));
    expect(run).toMatchObject({ exit: 1, stderr: '' });
    for (const file of files) expect(await readFile(file, 'utf8'), file).toContain('varied-host');
    expect(run.stdout).toContain('(confirmed) [user-and-host]');
    expect(run.stdout).toMatch(/^ {2}differs +the host name /m);
  });

  it('stops at the number of builds that it may make, and says what it did not try', async () => {
    const report = reportOf(await check('host-name', '--vary', '--builds', '4', '--format', 'json'));
    expect(report).toMatchObject({ builds: 4, buildsMax: 4, causes: [] });
    expect(report.cut).toEqual(['the number of builds is used up: allow more with --builds']);
    expect(report.varied.filter(({ outcome }) => outcome === 'not-tried')).toHaveLength(12);
  });

  it('tells a build that fails from one that differs, with the last line of its log', async () => {
    const recipe = join(folder, 'failing.yaml');
    const source = join(fixtures, 'host-name', 'src');
    await writeFile(
      recipe,
      `schemaVersion: 1\nsource: { path: ${source} }\nenvironment: {}\nsteps: ["echo no such header; exit 3"]\noutputs: [out.txt]\n`,
    );
    const run = await runCli(
      ['check', '--recipe', recipe, '--vary', '--format', 'json', '--quiet'],
      environment,
    );
    expect(reportOf(run)).toMatchObject({
      result: 'build-failed',
      detail: 'Step step-1 ended with exit code 3: no such header',
    });
    expect(run.exit).toBe(1);
  });

  it('names what the build fails with, where it fails only when that is varied', async () => {
    const recipe = join(folder, 'fails-elsewhere.yaml');
    const source = join(fixtures, 'host-name', 'src');
    await writeFile(
      recipe,
      `schemaVersion: 1\nsource: { path: ${source} }\nenvironment: {}\nsteps: ["cd /work/src; echo the same >out.txt"]\noutputs: [out.txt]\n`,
    );
    const run = await runCli(
      ['check', '--recipe', recipe, '--vary', '--format', 'json', '--quiet'],
      environment,
    );
    const report = reportOf(run);
    expect(report).toMatchObject({ result: 'not-reproducible', causes: [] });
    expect(report.varied.filter(({ outcome }) => outcome === 'build-failed')).toMatchObject([
      { id: 'build-path' },
    ]);
    expect(run.exit).toBe(1);
  });

  it('asks for a candidate or --vary', async () => {
    expect(await check('host-name')).toMatchObject({ exit: 2, stdout: '' });
  });
});
