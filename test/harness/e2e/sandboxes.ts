import { startDockerEngine } from '#test/harness/servers/docker-engine.ts';
import type { ChosenSandbox } from './service.ts';

export async function chooseBubblewrap(): Promise<ChosenSandbox> {
  return {
    kind: 'bubblewrap',
    environment: { ASSAY_SANDBOX: 'bubblewrap' },
    stop: async () => undefined,
  };
}

/** With an engine of its own, which has nothing from elsewhere in it. */
export async function chooseDocker(): Promise<ChosenSandbox> {
  const engine = await startDockerEngine();
  return {
    kind: 'docker',
    environment: { ASSAY_SANDBOX: 'docker', ASSAY_DOCKER_HOST: `unix://${engine.socketPath}` },
    engine,
    stop: () => engine.stop(),
  };
}
