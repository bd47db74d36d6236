import { connectEngine } from './engine.ts';
import { workerLabel } from './names.ts';

const answerMs = 5_000;

/**
 * Asks the engine behind `socket` for a container with the host's root folder in it, labelled as `worker`'s, never
 * starts it, and removes it. Only an answer that forbids it (401, 403) is `refused`: an engine that has no such image has
 * let the request pass.
 */
export async function askUnrestricted(
  socket: string,
  worker: string,
): Promise<'unrestricted' | 'refused' | 'silent'> {
  const docker = connectEngine(socket);
  const deadline = AbortSignal.timeout(answerMs);
  try {
    await within(deadline, docker.ping());
  } catch {
    return 'silent';
  }
  const images = await within(deadline, docker.listImages()).catch(() => []);
  try {
    const container = await within(
      deadline,
      docker.createContainer({
        Image: images[0]?.Id ?? 'assay-rootfs:none',
        Cmd: ['true'],
        Labels: { [workerLabel]: worker },
        HostConfig: { Binds: ['/:/host'] },
      }),
    );
    await within(deadline, container.remove({ force: true })).catch(() => undefined);
    return 'unrestricted';
  } catch (error) {
    const status = (error as { statusCode?: unknown }).statusCode;
    return status === 401 || status === 403 ? 'refused' : 'unrestricted';
  }
}

async function within<T>(deadline: AbortSignal, answer: Promise<T>): Promise<T> {
  return Promise.race([
    answer,
    new Promise<never>((_, reject) => {
      if (deadline.aborted) reject(deadline.reason);
      deadline.addEventListener('abort', () => reject(deadline.reason), { once: true });
    }),
  ]);
}
