import Docker from 'dockerode';
import { AppError } from '#core/errors/app-error.ts';

export type { Docker };

/** No call of ours but the streams, which have limits of their own, takes longer on an engine that lives. */
const answerMs = 60_000;

/** A client for the engine at `host`: `unix:///path` or a bare path. An engine over the network is not used: the folders of an attempt are on this host. */
export function connectEngine(host: string): Docker {
  const socketPath = host.replace(/^unix:\/\//, '');
  if (!socketPath.startsWith('/')) {
    throw new AppError('usage', `the engine's address ${host} is not a unix socket of this host`, {
      hint: 'set ASSAY_DOCKER_HOST to unix:///path/of/docker.sock',
    });
  }
  return new Docker({ socketPath });
}

function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined;
}

/**
 * Awaits an answer of the engine. Whatever goes wrong is `unavailable`: ours, never the build's. An engine that dies
 * after the head of its answer leaves dockerode waiting for ever, hence the deadline.
 */
export async function askEngine<T>(what: string, answer: Promise<T>, deadlineMs = answerMs): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new AppError('unavailable', `the Docker Engine did not answer: ${what}`)),
      deadlineMs,
    );
  });
  try {
    return await Promise.race([answer, deadline]);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const message = error instanceof Error ? error.message.trim() : String(error);
    throw new AppError('unavailable', `the Docker Engine failed to ${what}: ${message}`, {
      cause: error,
      hint: 'see that the engine runs and that this worker may use its socket',
    });
  } finally {
    clearTimeout(timer);
  }
}

/** As `askEngine`, but `undefined` when there is nothing under that name (404) or its removal is under way (409). */
export async function askIfThere<T>(what: string, answer: Promise<T>): Promise<T | undefined> {
  return askEngine(
    what,
    answer.catch((error: unknown) => {
      const status = statusOf(error);
      if (status === 404 || status === 409) return undefined;
      throw error;
    }),
  );
}
