import { chmod, mkdtemp, rm } from 'node:fs/promises';
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
  const args = ['check', '--recipe', join(fixtures, ...recipe), '--vary', '--format', 'json', '--quiet'];
  return runCli(args, { ...sandbox.environment, ASSAY_ROOTFS_DIR: rootfs, TMPDIR: folder });
}

function reportOf({ stdout, stderr }: CliRun): CheckReport {
  if (!stdout.startsWith('{')) throw new Error(`no report: ${stdout}${stderr}`);
  return CheckReport.parse(JSON.parse(stdout));
}

describe('assay check in containers of Docker Engine', () => {
  it('proves the cause of a difference, and names no other', async () => {
    const run = await check('vary', 'host-name', 'assay.yaml');
    const report = reportOf(run);
    expect(report.causes.map(({ id, confidence }) => `${confidence} ${id}`)).toEqual([
      'confirmed user-and-host',
    ]);
    expect(report).toMatchObject({ result: 'not-reproducible', unexplained: 0, cut: [] });
    expect(report.environment.sandbox).toMatch(/^docker: /);
    expect(run.exit).toBe(1);
  });

  it('serves a recipe that asks a package registry, and finds a reproducible project reproducible', async () => {
    const run = await check('check', 'reproducible', 'assay.yaml');
    expect(reportOf(run)).toMatchObject({
      result: 'reproducible',
      builds: 2,
      inputs: [{ project: 'flit-core', version: '3.9.0' }],
    });
    expect(run.exit).toBe(0);
  });

  it('leaves no container, volume or mount behind', async () => {
    expect(await leftOver(folder, sandbox.engine)).toEqual([]);
  });
});
