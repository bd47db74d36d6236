import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectOneVerdict, follow, submit } from '#test/harness/e2e/follow.ts';
import { leftOver } from '#test/harness/e2e/left-over.ts';
import { allProcesses } from '#test/harness/e2e/process-tree.ts';
import { RunningService } from '#test/harness/e2e/running-service.ts';
import { killProcess } from '#test/harness/e2e/service.ts';
import { makeSlowProject } from '#test/harness/e2e/slow-project.ts';

describe('a service whose processes are killed', () => {
  let service: RunningService;
  let project: string[];

  beforeAll(async () => {
    service = await RunningService.start();
    project = await makeSlowProject(join(service.dataHome, 'project'));
    // The root file system is made once, so that the tests below are about the kills.
    await service.cli('rebuild', ...project);
  });

  afterAll(async () => {
    await service?.remove();
  });

  it('reaches exactly one verdict though each kind of worker is killed -9 as soon as it starts its job', async () => {
    const id = await submit(service, project);
    const killed = new Set<string>();
    const events = await follow(service, id, async ({ type, stage, state }) => {
      if (type !== 'stage' || state !== 'started' || stage === undefined || killed.has(stage)) return;
      if (await killProcess(service, stage)) killed.add(stage);
    });
    expect([...killed].toSorted()).toEqual(['attest', 'compare', 'rebuild', 'resolve']);
    await expectOneVerdict(service, id, events);
  });

  it('reaches exactly one verdict though the rebuild worker is killed -9 in each step of the build', async () => {
    const id = await submit(service, project);
    const killed = new Set<string>();
    const events = await follow(service, id, async ({ type, name, state }) => {
      if (type !== 'step' || state !== 'started' || name === undefined || killed.has(name)) return;
      if (await killProcess(service, 'rebuild')) killed.add(name);
    });
    expect(killed.size).toBe(3);
    await expectOneVerdict(service, id, events);
  });

  it('reaches exactly one verdict though the api, the gateway and PostgreSQL are killed -9 during the build', async () => {
    const id = await submit(service, project);
    const victims = ['api', 'postgres', 'gateway'];
    const events = await follow(service, id, async ({ type, state }) => {
      if (type !== 'step' || state !== 'started') return;
      const victim = victims.shift();
      if (victim !== undefined) await killProcess(service, victim);
    });
    expect(victims).toEqual([]);
    await expectOneVerdict(service, id, events);
  });

  it('leaves no process, mount, cgroup or folder of a build behind', async () => {
    expect(await leftOver(service.workFolder)).toEqual([]);
  });

  it('leaves nothing running when the launcher itself is killed -9', async () => {
    const tree = await service.tree();
    expect(tree.length).toBeGreaterThan(6);
    await service.down('SIGKILL');
    await expect
      .poll(
        async () => {
          const running = new Set((await allProcesses()).map(({ pid }) => pid));
          return tree.filter(({ pid }) => running.has(pid));
        },
        { timeout: 30_000 },
      )
      .toEqual([]);
    await service.up();
    expect((await service.cli('rebuild', ...project)).exit).toBe(1);
  });
});
