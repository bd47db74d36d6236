import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { RebuildEvent } from '#schemas/rebuild.ts';
import type { Running } from './describe-service.ts';
import { expectOneVerdict, fetchResult, follow, submit } from './follow.ts';
import { leftOver } from './left-over.ts';
import { killProcess, type Service } from './service.ts';
import { makeSlowProject } from './slow-project.ts';
import { openWaker } from './wake.ts';

/** Does `disturb` once, when the build of `project` has begun; fails where it never did. */
export async function expectOneVerdictThoughDisturbed(
  service: Service,
  project: readonly string[],
  disturb: () => Promise<unknown>,
): Promise<void> {
  const id = await submit(service, project);
  let disturbed = false;
  const events = await follow(service, id, async (event) => {
    if (disturbed || !startsBuild(event)) return;
    disturbed = true;
    await disturb();
  });
  expect(disturbed).toBe(true);
  await expectOneVerdict(service, id, events);
}

/** The first step of the recipe itself: it goes on for two seconds. */
function startsBuild({ type, state, name }: RebuildEvent): boolean {
  return type === 'step' && state === 'started' && name !== 'unpack';
}

/** Processes and servers that go away in the middle of a rebuild. */
export function describeDisturbed(running: () => Running): void {
  let project: string[];
  beforeAll(async () => {
    project = await makeSlowProject(join(running().folder, 'slow'));
  });
  const expectOneVerdictThough = (disturb: () => Promise<unknown>): Promise<void> =>
    expectOneVerdictThoughDisturbed(running().service, project, disturb);

  it('reaches exactly one verdict though the rebuild worker is killed -9 during the build', async () => {
    await expectOneVerdictThough(async () => {
      expect(await killProcess(running().service, 'rebuild')).toBe(true);
    });
  });

  it('reaches exactly one verdict though PostgreSQL is killed -9 during the build', async () => {
    await expectOneVerdictThough(() => running().service.restartPostgres());
  });

  it('reaches exactly one verdict though workers are woken again for jobs that are under way or done', async () => {
    const { service } = running();
    const waker = await openWaker(service);
    try {
      const id = await submit(service, project);
      const events = await follow(service, id, async ({ type }) => {
        if (type === 'stage' || type === 'verdict') await waker.wakeAllOf(id);
      });
      expect(await waker.wakeAllOf(id), 'resolve, rebuild, compare, attest').toBe(4);
      // Messages of one kind are taken in their order: when another rebuild is through, those have been.
      await follow(service, await submit(service, project));
      await expectOneVerdict(service, id, events);
      const after = await fetchResult(service, id);
      expect(after.attempts).toHaveLength(1);
      expect(await follow(service, id)).toEqual(events);
    } finally {
      await waker.close();
    }
  });

  it('leaves no process, mount, folder, container or volume of a build behind', async () => {
    const { service, sandbox } = running();
    await expect.poll(() => leftOver(service.workFolder, sandbox.engine), { timeout: 60_000 }).toEqual([]);
  });
}
