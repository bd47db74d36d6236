import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CheckReport } from '#schemas/check.ts';
import { testRootfs } from '#test/contract/sandbox/test-rootfs.ts';
import { checkout, runCli, type CliRun } from '#test/harness/e2e/run-cli.ts';

const fixtures = join(checkout, 'test', 'fixtures', 'check');
let environment: Record<string, string>;
let folder: string;
/** Where the command under test puts what it must take away again. */
let scratch: string;

beforeAll(async () => {
  const rootfs = await testRootfs();
  folder = await mkdtemp(join(tmpdir(), 'assay-check-registry-'));
  scratch = join(folder, 'scratch');
  await mkdir(scratch);
  // The build's user passes through to its inputs.
  for (const path of [folder, scratch]) await chmod(path, 0o711);
  environment = {
    ASSAY_SANDBOX: 'bubblewrap',
    ASSAY_ROOTFS_DIR: dirname(dirname(rootfs.folder)),
    TMPDIR: scratch,
  };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function check(recipe: string, args: readonly string[], more: Record<string, string> = {}): Promise<CliRun> {
  const flags = ['--format', 'json', '--quiet'];
  return runCli(['check', '--recipe', recipe, ...flags, ...args], { ...environment, ...more });
}

function reportOf({ stdout, stderr }: CliRun): CheckReport {
  if (!stdout.startsWith('{')) throw new Error(`no report: ${stdout}${stderr}`);
  return CheckReport.parse(JSON.parse(stdout));
}

/** A fixture's recipe with other words in it. */
async function changed(name: string, fixture: string, from: string, to: string): Promise<string> {
  const text = await readFile(join(fixtures, fixture, 'assay.yaml'), 'utf8');
  const path = join(folder, name);
  const source = `path: ${join(fixtures, fixture, 'src')}`;
  await writeFile(path, text.replace('path: src', source).replace(from, to));
  return path;
}

const reproducible = join(fixtures, 'reproducible', 'assay.yaml');

describe('assay check of a recipe that asks a package registry', () => {
  it('finds a reproducible project reproducible, and lists what the registry gave to both builds', async () => {
    const run = await check(reproducible, ['--vary']);
    const report = reportOf(run);
    expect(report).toMatchObject({
      result: 'reproducible',
      bytes: 'identical',
      builds: 2,
      causes: [],
      cut: [],
    });
    expect(report.inputs).toMatchObject([
      { project: 'flit-core', version: '3.9.0', file: 'flit_core-3.9.0-py3-none-any.whl' },
    ]);
    expect(report.inputs?.[0]?.only).toBeUndefined();
    expect(run.exit).toBe(0);
  });

  it('proves both causes of a project whose backend comes from there, and no other', async () => {
    const run = await check(join(fixtures, 'two-causes', 'assay.yaml'), ['--vary']);
    const report = reportOf(run);
    const named = report.causes.map(
      ({ id, confidence, fix }) => `${confidence} ${id} ${fix?.outcome ?? 'no fix'}`,
    );
    expect(named.toSorted()).toEqual(['confirmed hash-order works', 'confirmed user-and-host no fix']);
    expect(report).toMatchObject({ result: 'not-reproducible', bytes: 'different', unexplained: 0, cut: [] });
    const evidence = report.causes.flatMap((cause) => cause.evidence.map(({ path }) => path.join(' ')));
    expect(evidence).toEqual(expect.arrayContaining(['thing/built.py', 'thing/colours.py']));
    const files = report.inputs?.map(
      ({ project, only }) => `${project} ${only === undefined ? 'all' : 'some'}`,
    );
    expect(files).toEqual(['setuptools all']);
    expect(run.exit).toBe(1);
  });

  it('says that builds were given different files where they were: dependency drift', async () => {
    const other = '[ "$(hostname)" = build ] || python3 -m pip download --no-deps -d /tmp flit_core==3.8.0';
    const recipe = await changed('drift.yaml', 'reproducible', 'steps:', `steps:\n  - '${other}'`);
    const run = await check(recipe, ['--vary']);
    expect(reportOf(run)).toMatchObject({
      result: 'reproducible',
      inputs: [{ version: '3.9.0' }, { version: '3.8.0', only: ['building with everything varied'] }],
    });
  });

  it('gives no build the file that it is to make, whatever the registry has', async () => {
    const recipe = await changed(
      'copy.yaml',
      'reproducible',
      'python3 -m pip wheel --no-deps --wheel-dir dist .',
      'python3 -m pip download --no-deps -d dist flit_core==3.9.0',
    );
    const text = await readFile(recipe, 'utf8');
    const wheel = 'dist/flit_core-3.9.0-py3-none-any.whl';
    await writeFile(recipe, text.replace(/^outputs:.*$/m, `outputs: [${wheel}]`));
    const report = reportOf(await check(recipe, ['--vary']));
    expect(report.result).toBe('build-failed');
    expect(report.detail).toContain('it needs flit_core==3.9.0, which the registry cannot give');
    expect(report.log?.join('\n')).toContain('No matching distribution found');
  });

  it('does not blame the project where the registry is not reached', async () => {
    const run = await check(reproducible, ['--vary'], { ASSAY_PYPI_URL: 'http://127.0.0.1:9/simple/' });
    expect(run).toMatchObject({ exit: 5, stdout: '' });
    expect(run.stderr).toContain('http://127.0.0.1:9/simple/flit-core/ could not be read: ECONNREFUSED');
    expect(run.stderr).toContain('assay doctor');
  });

  it('leaves no process and no file behind when it is interrupted in the middle of a build', async () => {
    const recipe = await changed('long.yaml', 'reproducible', 'steps:', 'steps:\n  - echo begun; sleep 600');
    const child = spawn('./assay', ['check', '--recipe', recipe, '--vary'], {
      cwd: checkout,
      env: { ...process.env, CI: 'true', ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8');
    for await (const text of child.stderr) {
      said += String(text);
      if (said.includes('(build 1)')) break;
    }
    const ended = once(child, 'close');
    child.kill('SIGINT');
    expect((await ended)[0]).toBe(130);
    expect(await readdir(scratch)).toEqual([]);
  });
});

describe('assay check --accept equivalent', () => {
  const recipe = join(checkout, 'test', 'fixtures', 'vary', 'time-in-archive', 'assay.yaml');

  it('exits 0 where builds differ only in what passes set aside, and still calls them not reproducible', async () => {
    const args = ['--vary', '--builds', '4'];
    const accepted = await check(recipe, [...args, '--accept', 'equivalent']);
    expect(reportOf(accepted)).toMatchObject({ result: 'not-reproducible', bytes: 'equivalent' });
    expect(accepted.exit).toBe(0);
    expect((await check(recipe, args)).exit).toBe(1);
    const table = ['check', '--recipe', recipe, '--quiet', ...args, '--accept', 'equivalent'];
    const { stdout } = await runCli(table, environment);
    expect(stdout).toMatch(/^Not reproducible: /);
    expect(stdout).toContain('Accepted as equivalent, not identical');
  });

  it('exits 1 where anything else differs', async () => {
    const other = join(checkout, 'test', 'fixtures', 'vary', 'host-name', 'assay.yaml');
    const run = await check(other, ['--vary', '--builds', '4', '--accept', 'equivalent']);
    expect(reportOf(run)).toMatchObject({ result: 'not-reproducible', bytes: 'different' });
    expect(run.exit).toBe(1);
  });
});
