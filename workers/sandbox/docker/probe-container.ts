import { probeBytesMax, probeCommand } from '../probe/script.ts';
import type { SandboxSpec } from '../sandbox.ts';
import { type AttemptPlan, probeContainer } from './container-options.ts';
import { askEngine, type Docker } from './engine.ts';
import { readText } from './exec.ts';
import { readFrames } from './frames.ts';
import { removeContainer } from './remove-leftovers.ts';

/**
 * Runs the probe in a container that is confined as a step's, with the attempt's fresh volumes, before anything was put
 * into them; answers what it said. @throws AppError `unavailable`
 */
export async function probeInContainer(
  docker: Docker,
  plan: AttemptPlan,
  spec: SandboxSpec,
): Promise<string> {
  const options = probeContainer(plan, probeCommand(spec.canaries ?? []));
  const container = await askEngine('create the probe', docker.createContainer(options));
  const stream = await askEngine('attach to the probe', container.attach({ stream: true, stdout: true }));
  async function* stdout(): AsyncGenerator<Buffer> {
    for await (const { bytes } of readFrames(stream as NodeJS.ReadWriteStream & AsyncIterable<Buffer>))
      yield bytes;
  }
  await askEngine('start the probe', container.start());
  const text = await askEngine('hear the probe', readText(stdout(), probeBytesMax));
  await askEngine('wait for the probe', container.wait());
  await removeContainer(docker, container.id);
  return text;
}
