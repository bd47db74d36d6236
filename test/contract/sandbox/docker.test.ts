import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type DockerEngine, startDockerEngine } from '#test/harness/servers/docker-engine.ts';
import { chooseSandbox } from '#workers/sandbox/choose-sandbox.ts';
import { createDockerSandbox } from '#workers/sandbox/docker.ts';
import type { Rootfs } from '#workers/sandbox/sandbox.ts';
import { type Attempts, makeAttempts } from './attempt.ts';
import { describeSandbox } from './describe-sandbox.ts';
import { testRootfs } from './test-rootfs.ts';

/** What an engine holds beside images, one line each. */
async function heldBy(engine: DockerEngine): Promise<string[]> {
  const containers = await engine.client.listContainers({ all: true });
  const { Volumes: volumes } = await engine.client.listVolumes();
  return [
    ...containers.map(({ Names }) => `container ${Names.join()}`),
    ...(volumes ?? []).map(({ Name }) => `volume ${Name}`),
  ];
}

describeSandbox('Docker Engine', async () => {
  const engine = await startDockerEngine();
  const open = () => createDockerSandbox({ host: engine.socketPath, runtime: 'runc', worker: 'contract' });
  return {
    sandbox: open(),
    leftovers: () => heldBy(engine),
    forbiddenPaths: ['/run/docker.sock', '/var/run/docker.sock', engine.socketPath],
    forbiddenAddresses: ['172.17.0.1'],
    close: () => engine.stop(),
  };
});

describe('the sandbox of a Docker Engine', () => {
  let engine: DockerEngine;
  let rootfs: Rootfs;
  let attempts: Attempts;
  const optionsFor = (worker: string) => ({ host: engine.socketPath, runtime: 'runc', worker });

  beforeAll(async () => {
    rootfs = await testRootfs();
    engine = await startDockerEngine();
    attempts = await makeAttempts(createDockerSandbox(optionsFor('worker-1')), rootfs);
  }, 300_000);

  afterAll(async () => {
    await attempts.close();
    await engine.stop();
  });

  beforeEach(() => createDockerSandbox(optionsFor('worker-1')).sweep());

  /** Starts an attempt and waits for its first line. */
  async function begin(script: string) {
    const hasBegun = Promise.withResolvers<string>();
    const outcome = attempts.attempt(script, { onLine: hasBegun.resolve });
    outcome.catch(hasBegun.reject);
    await hasBegun.promise;
    const containers = await engine.client.listContainers();
    const step = containers.find(({ Names }) => Names.some((name) => name.includes('-step-')));
    return { outcome, step: engine.client.getContainer(step?.Id ?? '') };
  }

  test('gives a build no network at all, not even an internal one, and nothing of the engine', async () => {
    const { outcome, step } = await begin('echo begun; read -r forever </dev/zero');
    const { HostConfig, Mounts, NetworkSettings } = await step.inspect();
    await step.kill();
    await expect(outcome).rejects.toMatchObject({ code: 'unavailable' });
    expect(HostConfig.NetworkMode).toBe('none');
    expect(Object.keys(NetworkSettings.Networks)).toEqual([]);
    expect(HostConfig.Privileged).toBe(false);
    expect(HostConfig.Binds ?? []).toEqual([]);
    expect(HostConfig.Devices ?? []).toEqual([]);
    expect(Mounts.map(({ Type, Destination }) => `${Type} ${Destination}`).toSorted()).toEqual([
      'volume /run/assay/report',
      'volume /tmp',
      'volume /work',
    ]);
  });

  test("calls a container that somebody ended from outside our failure, never the build's", async () => {
    const { outcome, step } = await begin('echo begun; sleep 600');
    await step.stop({ t: 0 });
    await expect(outcome).rejects.toMatchObject({ code: 'unavailable' });
    expect(await heldBy(engine)).toEqual([]);
  });

  test('calls an engine that dies our failure, and finds what is left over when it is back', async () => {
    const { outcome } = await begin('echo begun; sleep 600');
    outcome.catch(() => undefined);
    await engine.restart();
    await expect(outcome).rejects.toMatchObject({ code: 'unavailable' });
    await createDockerSandbox(optionsFor('worker-1')).sweep();
    expect(await heldBy(engine)).toEqual([]);
  });

  test('removes what a worker that was killed has left, and nothing of another worker', async () => {
    const worker = spawn(
      process.execPath,
      [
        fileURLToPath(new URL('docker-worker.ts', import.meta.url)),
        engine.socketPath,
        'worker-2',
        attempts.folder,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ROOTFS: JSON.stringify(rootfs) } },
    );
    await once(worker.stdout, 'data');
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    expect(await heldBy(engine)).not.toEqual([]);
    await createDockerSandbox(optionsFor('worker-1')).sweep();
    expect(await heldBy(engine)).not.toEqual([]);
    await createDockerSandbox(optionsFor('worker-2')).sweep();
    expect(await heldBy(engine)).toEqual([]);
  });

  test('refuses a root file system whose bytes are not those of its digest, and keeps no image of it', async () => {
    const other = await makeAttempts(createDockerSandbox(optionsFor('worker-1')), {
      ...rootfs,
      sha256: 'a'.repeat(64),
    });
    const images = await engine.client.listImages({ all: true });
    await expect(other.attempt('true')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(rootfs.sha256) as string,
    });
    expect(await engine.client.listImages({ all: true })).toEqual(images);
    await other.close();
  });

  test('imports a root file system once for all attempts', async () => {
    await Promise.all([attempts.attempt('true'), attempts.attempt('true')]);
    const images = await engine.client.listImages({
      filters: { label: [`assay.rootfs=sha256:${rootfs.sha256}`] },
    });
    expect(images.map(({ RepoTags }) => RepoTags)).toEqual([[`assay-rootfs:${rootfs.sha256.slice(0, 32)}`]]);
  });

  test('a report that the build has tampered with makes its step fail and nothing else', async () => {
    for (const script of [
      'rm -f /run/assay/report/*; mkdir /run/assay/report/end',
      'ln -s /dev/zero /run/assay/report/end; exit 1',
      'head -c 100000 /dev/zero >/run/assay/report/fill 2>/dev/null; exit 0',
    ]) {
      const { end } = await attempts.attempt(script);
      expect(end).toEqual({ kind: 'failed', step: 'build', exitCode: null });
    }
  });

  test('process 1 of the build cannot be ended from within', async () => {
    const { end, stdout } = await attempts.attempt(
      'kill -KILL 1; kill -STOP 1; kill -TERM 1; echo alive; exit 4',
    );
    expect(stdout).toBe('alive');
    expect(end).toEqual({ kind: 'failed', step: 'build', exitCode: 4 });
  });

  describe('is chosen', () => {
    const choose = (
      kind: 'auto' | 'bubblewrap' | 'docker',
      docker: { host?: string; runtime?: string } = {},
    ) =>
      chooseSandbox({
        kind,
        docker: { ...optionsFor('worker-1'), ...docker },
        bubblewrap: { folder: attempts.folder, cgroups: {} },
      });

    test('before bubblewrap where an engine answers', async () => {
      expect((await choose('auto')).kind).toBe('docker');
    });

    test('not where none answers', async () => {
      expect((await choose('auto', { host: join(attempts.folder, 'none.sock') })).kind).toBe('bubblewrap');
    });

    test('not where the engine lacks the runtime', async () => {
      expect((await choose('auto', { runtime: 'none' })).kind).toBe('bubblewrap');
    });

    test('not where bubblewrap is asked for', async () => {
      expect((await choose('bubblewrap')).kind).toBe('bubblewrap');
    });

    test('by name only where it can be used, with the remedy', async () => {
      const nowhere = await mkdtemp(join(tmpdir(), 'assay-nowhere-'));
      await expect(choose('docker', { host: join(nowhere, 'none.sock') })).rejects.toMatchObject({
        code: 'unavailable',
      });
      await expect(choose('docker', { runtime: 'none' })).rejects.toMatchObject({
        code: 'missing-component',
        hint: expect.stringContaining('ASSAY_DOCKER_RUNTIME') as string,
      });
      await rm(nowhere, { recursive: true });
    });
  });
});
