import { execFile } from 'node:child_process';
import { appendFile, chmod, chown, link, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FactName, Level } from '#schemas/level.ts';
import { LevelReport } from '#schemas/level-report.ts';
import { embeddedProcesses } from '#services/embedded/processes.ts';
import { ensureSystemUser } from '#services/postgres/system-user.ts';
import { AlteredBwrap } from '#test/harness/e2e/altered-bwrap.ts';
import { sharedRootfsFolder } from '#test/harness/e2e/rootfs-cache.ts';
import { resultOf } from '#test/harness/e2e/run-cli.ts';
import { RunningService } from '#test/harness/e2e/running-service.ts';
import { chooseBubblewrap, chooseDocker } from '#test/harness/e2e/sandboxes.ts';
import { ScaledOutService } from '#test/harness/e2e/scaled-out.ts';
import type { Service } from '#test/harness/e2e/service.ts';

const hosted = { environment: { api: { ASSAY_HOSTED: '1' } } };

/** Rebuilds an artifact that is reproduced anywhere, and asks for its level as a person would. */
async function levelOfRebuild(service: Service): Promise<LevelReport> {
  const rebuilt = await service.cli('rebuild', 'pkg:pypi/idna@3.20', '--format', 'json');
  const result = resultOf(rebuilt);
  expect(result, rebuilt.stderr).toMatchObject({ verdict: 'reproduced' });
  const asked = await service.cli('level', result.rebuild.id, '--format', 'json');
  expect(asked.exit, asked.stderr).toBe(0);
  const report = LevelReport.parse(JSON.parse(asked.stdout));
  expect(report.level).toBe(result.level);
  return report;
}

/** A cache to be poisoned: the same tars and packages, but no tree, so that the worker unpacks its own. */
async function forkCache(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const entry of await readdir(from)) {
    if (/^[0-9a-f]{64}$/.test(entry)) {
      await mkdir(join(to, entry, 'tree'), { recursive: true });
      await link(join(from, entry, 'rootfs.tar'), join(to, entry, 'rootfs.tar'));
    } else if (entry === 'packages' || entry.endsWith('.json'))
      await promisify(execFile)('cp', ['-al', join(from, entry), to]);
  }
  const { uid, gid } = await ensureSystemUser(embeddedProcesses.rebuild.user);
  await promisify(execFile)('chown', ['-R', `${uid}:${gid}`, '--', to]);
}

function lacking(report: LevelReport): [Level, FactName[]] {
  return [report.level, report.next?.missing ?? []];
}

describe('a deployment with each process under a user of its own, declared hosted, with bubblewrap', () => {
  let folder: string;
  let rootfs: string;
  let bwrap: AlteredBwrap;
  let service: ScaledOutService;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-levels-'));
    await chmod(folder, 0o711);
    rootfs = join(folder, 'rootfs');
    await forkCache(await sharedRootfsFolder(), rootfs);
    bwrap = await AlteredBwrap.make(join(folder, 'bwrap'));
    service = await ScaledOutService.start(await chooseBubblewrap(), rootfs, {
      ...hosted,
      within: { rebuild: bwrap.within },
    });
  });

  afterAll(async () => {
    await service.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test('has level 3: every fact but that it is hosted was measured, and says how', async () => {
    const report = await levelOfRebuild(service);
    expect(lacking(report), JSON.stringify(report.facts, null, 2)).toEqual(['SLSA_BUILD_LEVEL_3', []]);
    for (const { name, basis, evidence } of report.facts) {
      expect([name, basis]).toEqual([name, name === 'hosted' ? 'declared' : 'measured']);
      expect(evidence.length).toBeGreaterThan(10);
    }
    const table = await service.cli('level', report.rebuild);
    expect(table.stdout).toContain('with SLSA_BUILD_LEVEL_3.\nThere is no higher level.');
  });

  test('falls to 2 where the key lies open to the user that runs builds, and says so', async () => {
    const files = [
      service.keyFolder,
      ...(await readdir(service.keyFolder)).map((name) => join(service.keyFolder, name)),
    ];
    const give = async ({ uid, gid }: { uid: number; gid: number }) => {
      for (const file of files) await chown(file, uid, gid);
    };
    await give(service.userOf('rebuild'));
    try {
      expect(lacking(await levelOfRebuild(service))).toEqual(['SLSA_BUILD_LEVEL_2', ['key-out-of-reach']]);
    } finally {
      await give(service.userOf('attest'));
    }
  });

  test('falls to 2 where attester and builds share a folder, and says so', async () => {
    const shared = join(service.workFolder, 'attest');
    const modes = (mode: number) =>
      Promise.all([shared, join(shared, 'attest-of-test')].map((each) => chmod(each, mode)));
    await modes(0o755);
    try {
      expect(lacking(await levelOfRebuild(service))).toEqual(['SLSA_BUILD_LEVEL_2', ['no-shared-volume']]);
    } finally {
      await modes(0o700);
    }
  });

  test('falls to 2 where a sandbox was used before, and says so', async () => {
    await bwrap.reuse(service.userOf('rebuild'));
    try {
      expect(lacking(await levelOfRebuild(service))).toEqual(['SLSA_BUILD_LEVEL_2', ['ephemeral']]);
    } finally {
      await bwrap.restore();
    }
  });

  test('falls to 2 where the network is open and no recipe declares it, and says so', async () => {
    await bwrap.shareNetwork();
    try {
      // Who shares the host's network can also reach other builds by it.
      expect(lacking(await levelOfRebuild(service))).toEqual([
        'SLSA_BUILD_LEVEL_2',
        ['isolated', 'network-recorded'],
      ]);
    } finally {
      await bwrap.restore();
    }
  });

  test('falls to 2 where a file of the cached root file system was changed, says which, and mends it', async () => {
    let poisoned = 0;
    for (const entry of await readdir(rootfs)) {
      const used = /^[0-9a-f]{64}$/.test(entry) && (await readdir(join(rootfs, entry))).includes('tree.list');
      if (!used) continue;
      await appendFile(join(rootfs, entry, 'tree', 'etc', 'debian_version'), 'poison\n');
      poisoned += 1;
    }
    expect(poisoned).toBe(1);
    const report = await levelOfRebuild(service);
    expect(lacking(report)).toEqual(['SLSA_BUILD_LEVEL_2', ['cache-content-addressed']]);
    const fact = report.facts.find(({ name }) => name === 'cache-content-addressed');
    expect(fact?.evidence).toContain('etc/debian_version');
    expect(lacking(await levelOfRebuild(service))).toEqual(['SLSA_BUILD_LEVEL_3', []]);
  });

  test('falls to 2 where attester and builds are the same user, and says so', async () => {
    const { uid, gid } = service.userOf('rebuild');
    for (const name of ['', ...(await readdir(service.keyFolder))])
      await chown(join(service.keyFolder, name), uid, gid);
    await service.restartAs('attest', 'rebuild');
    expect(lacking(await levelOfRebuild(service))).toEqual([
      'SLSA_BUILD_LEVEL_2',
      ['key-out-of-reach', 'separate-users', 'no-shared-volume'],
    ]);
  });
});

test('the same with a Docker Engine whose socket allows everything has level 2: that socket is root', async () => {
  const sandbox = await chooseDocker();
  const service = await ScaledOutService.start(sandbox, await sharedRootfsFolder(), hosted);
  try {
    expect(lacking(await levelOfRebuild(service))).toEqual(['SLSA_BUILD_LEVEL_2', ['no-root-equivalent']]);
  } finally {
    await service.remove();
    await sandbox.stop();
  }
});

test('the embedded service has level 1: nobody declares a workstation hosted', async () => {
  const service = await RunningService.start({ ASSAY_SANDBOX: 'bubblewrap' }, await sharedRootfsFolder());
  try {
    expect(lacking(await levelOfRebuild(service))).toEqual(['SLSA_BUILD_LEVEL_1', ['hosted']]);
  } finally {
    await service.remove();
  }
});
