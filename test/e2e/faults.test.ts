import { readdir, readFile, writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RebuildEvent, RebuildResult } from '#schemas/rebuild.ts';
import { eventsOf } from '#test/harness/e2e/events.ts';
import { allProcesses } from '#test/harness/e2e/process-tree.ts';
import { resultOf } from '#test/harness/e2e/run-cli.ts';
import { RunningService } from '#test/harness/e2e/running-service.ts';

/** Long enough to be killed in the middle of; its output differs each time, so that every kind of worker has work. */
const recipe = `
schemaVersion: 1
source: { path: src }
environment: { suite: bookworm }
steps:
  - sleep 2
  - mkdir -p dist && date +%s%N > dist/out.txt && sleep 2
outputs: [dist/out.txt]
`;

describe('a service whose processes are killed', () => {
  let service: RunningService;
  let folder: string;
  let token: string;

  beforeAll(async () => {
    service = await RunningService.start();
    folder = join(service.dataHome, 'project');
    await mkdir(join(folder, 'src'), { recursive: true });
    await mkdir(join(folder, 'dist'));
    await writeFile(join(folder, 'src', 'readme.txt'), 'nothing to see\n');
    await writeFile(join(folder, 'dist', 'out.txt'), 'published\n');
    await writeFile(join(folder, 'assay.yaml'), recipe);
    const state = JSON.parse(await readFile(join(service.dataHome, 'assay', 'service.json'), 'utf8')) as {
      adminToken: string;
    };
    token = state.adminToken;
    // The root file system is made once, so that the tests below are about the kills.
    await service.cli('rebuild', '--recipe', join(folder, 'assay.yaml'), join(folder, 'dist', 'out.txt'));
  });

  afterAll(async () => {
    await service?.remove();
  });

  async function submit(): Promise<string> {
    const run = await service.cli(
      'submit',
      '--recipe',
      join(folder, 'assay.yaml'),
      join(folder, 'dist', 'out.txt'),
      '--format',
      'json',
    );
    return resultOf(run).rebuild.id;
  }

  /** Follows a rebuild to its end and calls `onEvent` for each event. */
  async function follow(
    id: string,
    onEvent: (event: RebuildEvent) => Promise<void>,
  ): Promise<RebuildEvent[]> {
    const seen: RebuildEvent[] = [];
    for await (const event of eventsOf(service.url, id, token)) {
      seen.push(event);
      await onEvent(event);
    }
    return seen;
  }

  async function kill(name: string): Promise<boolean> {
    const pid = await service.pidOf(name);
    if (pid === undefined) return false;
    process.kill(pid, 'SIGKILL');
    return true;
  }

  async function resultFor(id: string): Promise<RebuildResult> {
    const response = await fetch(`${service.url}/v1/rebuilds/${id}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return (await response.json()) as RebuildResult;
  }

  async function expectOneVerdict(id: string, events: readonly RebuildEvent[]): Promise<void> {
    expect(events.filter((event) => event.type === 'verdict')).toHaveLength(1);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
    const result = await resultFor(id);
    expect(result).toMatchObject({ verdict: 'different', differencesTotal: 1 });
    expect(new Set(result.attestations.map((attestation) => attestation.predicateType)).size).toBe(
      result.attestations.length,
    );
    expect(result.attestations).toHaveLength(2);
  }

  it('reaches exactly one verdict though each kind of worker is killed -9 as soon as it starts its job', async () => {
    const id = await submit();
    const killed = new Set<string>();
    const events = await follow(id, async ({ type, stage, state }) => {
      if (type !== 'stage' || state !== 'started' || stage === undefined || killed.has(stage)) return;
      if (await kill(stage)) killed.add(stage);
    });
    expect([...killed].toSorted()).toEqual(['attest', 'compare', 'rebuild', 'resolve']);
    await expectOneVerdict(id, events);
  });

  it('reaches exactly one verdict though the rebuild worker is killed -9 in each step of the build', async () => {
    const id = await submit();
    const killed = new Set<string>();
    const events = await follow(id, async ({ type, name, state }) => {
      if (type !== 'step' || state !== 'started' || name === undefined || killed.has(name)) return;
      if (await kill('rebuild')) killed.add(name);
    });
    expect(killed.size).toBe(3);
    await expectOneVerdict(id, events);
  });

  it('reaches exactly one verdict though the api, the gateway and PostgreSQL are killed -9 during the build', async () => {
    const id = await submit();
    const victims = ['api', 'postgres', 'gateway'];
    const events = await follow(id, async ({ type, state }) => {
      if (type !== 'step' || state !== 'started') return;
      const victim = victims.shift();
      if (victim !== undefined) await kill(victim);
    });
    expect(victims).toEqual([]);
    await expectOneVerdict(id, events);
  });

  it('leaves no process, mount, cgroup or folder of a build behind', async () => {
    const mounts = await readFile('/proc/self/mountinfo', 'utf8');
    expect(
      mounts.split('\n').filter((line) => line.includes(join(service.dataHome, 'assay', 'work'))),
    ).toEqual([]);
    const left = (await allProcesses()).filter(
      ({ command }) => command.includes(service.dataHome) && /bwrap|socat|sleep/.test(command),
    );
    expect(left).toEqual([]);
    const work = join(service.dataHome, 'assay', 'work');
    for (const entry of await readdir(work, { recursive: true, withFileTypes: true })) {
      if (entry.parentPath.endsWith('/jobs') || entry.parentPath.endsWith('/sandbox'))
        expect.unreachable(`left over: ${join(entry.parentPath, entry.name)}`);
    }
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
    expect(
      (await service.cli('rebuild', '--recipe', join(folder, 'assay.yaml'), join(folder, 'dist', 'out.txt')))
        .exit,
    ).toBe(1);
  });
});
