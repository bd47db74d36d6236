import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '#core/errors/app-error.ts';
import { askEngine, type Docker } from './engine.ts';
import { readFrames } from './frames.ts';

const wordsMax = 2000;

/** Runs a command of ours in the hand-over container. `stdout` pulls; what it leaves unread holds the command back. */
export interface Execution<T> {
  readonly argv: readonly string[];
  /** Opened once the command is there to read it. */
  readonly stdin?: () => Readable;
  readonly stdout: (bytes: AsyncIterable<Buffer>) => Promise<T>;
  readonly signal: AbortSignal;
}

/** @throws AppError `unavailable` when the command fails: it is ours, not the build's */
export async function execIn<T>(docker: Docker, container: string, execution: Execution<T>): Promise<T> {
  const { argv, stdin, signal } = execution;
  const what = `run ${argv[0] ?? ''} for the hand-over`;
  const exec = await askEngine(
    what,
    docker.getContainer(container).exec({
      Cmd: [...argv],
      AttachStdin: stdin !== undefined,
      AttachStdout: true,
      AttachStderr: true,
    }),
  );
  const stream = await askEngine(what, exec.start({ hijack: true, stdin: stdin !== undefined }));
  const abort = (): void => void stream.destroy();
  signal.addEventListener('abort', abort, { once: true });
  let words = '';
  let drained = false;
  async function* stdout(): AsyncGenerator<Buffer> {
    for await (const { stream: name, bytes } of readFrames(stream)) {
      if (name === 'stdout') yield bytes;
      else words = (words + bytes.toString('utf8')).slice(0, wordsMax);
    }
    drained = true;
  }
  try {
    const sent = stdin === undefined ? Promise.resolve() : pipeline(stdin(), stream, { end: true });
    const [value] = await Promise.all([execution.stdout(stdout()), sent]);
    // A reader that has seen enough leaves the command unfinished; it ends with its container.
    if (!drained) return value;
    const { ExitCode } = await askEngine(what, exec.inspect());
    if (ExitCode !== 0) throw new Error(`it ended with ${ExitCode}: ${words}`);
    return value;
  } catch (error) {
    if (signal.aborted) throw new AppError('interrupted', 'the attempt was interrupted', { cause: error });
    if (error instanceof AppError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new AppError('unavailable', `the Docker Engine failed to ${what}: ${message}`, { cause: error });
  } finally {
    signal.removeEventListener('abort', abort);
    stream.destroy();
  }
}

/** All of a small output; more than `max` bytes are left out. */
export async function readText(bytes: AsyncIterable<Buffer>, max: number): Promise<string> {
  let text = '';
  for await (const chunk of bytes) if (text.length < max) text += chunk.toString('latin1');
  return text.slice(0, max);
}
