import { join } from 'node:path';
import { it } from 'vitest';
import { expectOneVerdictThoughDisturbed } from './describe-disturbed.ts';
import type { Running } from './describe-service.ts';
import { expectOneVerdict, follow, submit } from './follow.ts';
import type { ScaledOutService } from './scaled-out.ts';
import { makeSlowProject } from './slow-project.ts';

/** What a queue in Redis may lose. */
export function describeRedis(running: () => Running<ScaledOutService>): void {
  it('reaches exactly one verdict though all that Redis holds is lost and it is killed -9 during the build', async () => {
    const { service, folder } = running();
    const project = await makeSlowProject(join(folder, 'slow-with-redis'));
    await expectOneVerdictThoughDisturbed(service, project, async () => {
      await service.redis.flush();
      await service.redis.restart();
    });
  });

  it('reaches exactly one verdict though Redis is flushed and killed -9 before a worker was woken', async () => {
    const { service, folder } = running();
    const project = await makeSlowProject(join(folder, 'slow-and-unheard'));
    let id = '';
    await service.redis.restart(async () => {
      id = await submit(service, project);
    });
    await service.redis.flush();
    await expectOneVerdict(service, id, await follow(service, id));
  });
}
