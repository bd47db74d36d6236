import { join } from 'node:path';
import { AppError } from '#core/errors/app-error.ts';
import { createBubblewrap } from './bubblewrap.ts';
import { readBwrapVersion } from './bubblewrap/version.ts';
import { findCgroupParents, parseCgroupParents } from './cgroup/parents.ts';
import { createDockerSandbox, probeDocker } from './docker.ts';
import type { Sandbox } from './sandbox.ts';

export interface SandboxChoice {
  readonly sandbox: 'auto' | 'bubblewrap' | 'docker';
  readonly dockerHost: string;
  readonly dockerRuntime: string;
  /** Stable name of the worker. */
  readonly worker: string;
  /** The worker's own folder. */
  readonly workDir: string;
  /** ASSAY_CGROUPS; absent: root makes its own. */
  readonly cgroups: string | undefined;
}

/**
 * The sandbox that configuration names; `auto` is Docker Engine where one answers, else bubblewrap.
 * @throws AppError `missing-component`, `unavailable`, `usage`
 */
export async function openSandbox(choice: SandboxChoice): Promise<Sandbox> {
  const engine = { host: choice.dockerHost, runtime: choice.dockerRuntime };
  if (choice.sandbox !== 'bubblewrap') {
    const fault = await probeDocker(engine).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (fault === undefined) return createDockerSandbox({ ...engine, worker: choice.worker });
    if (choice.sandbox === 'docker') throw fault;
  }
  await readBwrapVersion().catch((cause: unknown) => {
    throw new AppError(
      'missing-component',
      'There is no sandbox: no Docker Engine answers and bubblewrap is not installed',
      {
        hint: 'apt-get install bubblewrap, or set ASSAY_DOCKER_HOST to the socket of an engine.',
        cause,
      },
    );
  });
  const cgroups =
    choice.cgroups === undefined ? await findCgroupParents() : parseCgroupParents(choice.cgroups);
  return createBubblewrap({ folder: join(choice.workDir, 'bubblewrap'), cgroups });
}
