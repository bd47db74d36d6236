import { existsSync } from 'node:fs';
import { type BubblewrapOptions, createBubblewrap } from './bubblewrap.ts';
import { createDockerSandbox, type DockerSandboxOptions, probeDocker } from './docker.ts';
import type { Sandbox } from './sandbox.ts';

export interface SandboxChoice {
  /** `auto`: Docker Engine where one answers that can do all that a sandbox needs, else bubblewrap. */
  readonly kind: 'auto' | 'bubblewrap' | 'docker';
  readonly docker: DockerSandboxOptions;
  readonly bubblewrap: BubblewrapOptions;
}

/**
 * The sandbox of this worker.
 * @throws AppError `unavailable` or `missing-component` where Docker Engine was asked for by name and cannot be used
 */
export async function chooseSandbox(choice: SandboxChoice): Promise<Sandbox> {
  if (choice.kind === 'bubblewrap') return createBubblewrap(choice.bubblewrap);
  if (choice.kind === 'docker') {
    await probeDocker(choice.docker);
    return createDockerSandbox(choice.docker);
  }
  const isUsable =
    existsSync(choice.docker.host.replace(/^unix:\/\//, '')) &&
    (await probeDocker(choice.docker).then(
      () => true,
      () => false,
    ));
  return isUsable ? createDockerSandbox(choice.docker) : createBubblewrap(choice.bubblewrap);
}
