import { chmod, copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CheckReport } from '#schemas/check.ts';
import { testRootfs } from '#test/contract/sandbox/test-rootfs.ts';
import { leftOver } from '#test/harness/e2e/left-over.ts';
import { checkout, runCli, type CliRun } from '#test/harness/e2e/run-cli.ts';
import { chooseDocker } from '#test/harness/e2e/sandboxes.ts';
import type { ChosenSandbox } from '#test/harness/e2e/service.ts';

const fixtures = join(checkout, 'test', 'fixtures');
let sandbox: ChosenSandbox;
let folder: string;
let rootfs: string;

beforeAll(async () => {
  rootfs = dirname(dirname((await testRootfs()).folder));
  sandbox = await chooseDocker();
  folder = await mkdtemp(join(tmpdir(), 'assay-check-docker-'));
  // The build's user passes through to its inputs.
  await chmod(folder, 0o711);
});
afterAll(async () => {
  await sandbox?.stop();
  await rm(folder, { recursive: true, force: true });
});

function check(...recipe: string[]): Promise<CliRun> {
  const args = ['check', '--recipe', join(...recipe), '--vary', '--format', 'json', '--quiet'];
  return runCli(args, { ...sandbox.environment, ASSAY_ROOTFS_DIR: rootfs, TMPDIR: folder });
}

function reportOf({ stdout, stderr }: CliRun): CheckReport {
  if (!stdout.startsWith('{')) throw new Error(`no report: ${stdout}${stderr}`);
  return CheckReport.parse(JSON.parse(stdout));
}

async function runningContainers(): Promise<string[]> {
  return ((await sandbox.engine?.client.listContainers()) ?? []).flatMap(({ Names: names }) => names);
}

describe('assay check in containers of Docker Engine', () => {
  it('proves the cause of a difference, and names no other', async () => {
    const run = await check(fixtures, 'vary', 'host-name', 'assay.yaml');
    const report = reportOf(run);
    expect(report.causes.map(({ id, confidence }) => `${confidence} ${id}`)).toEqual([
      'confirmed user-and-host',
    ]);
    expect(report).toMatchObject({ result: 'not-reproducible', unexplained: 0, cut: [] });
    expect(report.environment.sandbox).toMatch(/^docker: /);
    expect(run.exit).toBe(1);
  });

  it('serves a recipe that asks a package registry, and finds a reproducible project reproducible', async () => {
    const run = await check(fixtures, 'check', 'reproducible', 'assay.yaml');
    expect(reportOf(run)).toMatchObject({
      result: 'reproducible',
      builds: 2,
      inputs: [{ project: 'flit-core', version: '3.9.0' }],
    });
    expect(run.exit).toBe(0);
  });

  it('ends and does not blame the project where the engine dies during a build', async () => {
    const project = await mkdtemp(join(tmpdir(), 'assay-long-'));
    await mkdir(join(project, 'src'));
    await writeFile(join(project, 'src', 'build.sh'), 'sleep 600\n');
    await copyFile(join(fixtures, 'vary', 'host-name', 'assay.yaml'), join(project, 'assay.yaml'));
    const running = check(project, 'assay.yaml');
    await expect
      .poll(runningContainers, { timeout: 60_000 })
      .toContainEqual(expect.stringContaining('-step-'));
    await sandbox.engine?.restart();
    const run = await running;
    await rm(project, { recursive: true });
    expect(run).toMatchObject({ exit: 5, stdout: '' });
    expect(run.stderr).toContain('the Docker Engine');
  });

  it('leaves no file, container, volume or mount behind, nor what an earlier one could not remove', async () => {
    expect((await leftOver(folder, sandbox.engine)).join()).toMatch(/assay-check-\d+-\d+-1-step-\d/);
    expect((await check(fixtures, 'vary', 'host-name', 'assay.yaml')).exit).toBe(1);
    expect(await readdir(folder)).toEqual([]);
    expect(await leftOver(folder, sandbox.engine)).toEqual([]);
  });
});
