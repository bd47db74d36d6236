import { spawn } from 'node:child_process';
import { open, type FileHandle } from 'node:fs/promises';
import { AppError } from '#core/errors/app-error.ts';
import { printable } from '#core/text/printable.ts';
import {
  confine,
  defaultReaderLimits,
  findTools,
  systemPath,
  type ReaderLimits,
  type Tools,
} from './confinement.ts';
import { readerProgram } from './program.ts';
import type { ReaderRequest } from './protocol.ts';

export interface ReaderRun {
  readonly signal?: AbortSignal;
  readonly limits?: Partial<ReaderLimits>;
  /** Where `bwrap` and `prlimit` are looked for; by default a fixed list of system folders. */
  readonly tools?: Tools;
}

/** A reader that crashed, hung, went over a limit or answered nonsense. Ours to answer for, never the artifact's author's. */
export class ReaderFailure extends AppError {
  constructor(message: string, cause?: unknown) {
    super('internal', `The reader of hostile files failed: ${message}`, {
      hint: 'Nothing was established about the files. If it happens again with the same files, please report it.',
      cause,
    });
    this.name = 'ReaderFailure';
  }
}

/** Opens files to be read. @throws AppError `not-found` */
export async function openFiles(
  paths: readonly string[],
): Promise<{ handles: FileHandle[]; sizes: number[] }> {
  const handles: FileHandle[] = [];
  const sizes: number[] = [];
  try {
    for (const path of paths) {
      const handle = await open(path, 'r');
      handles.push(handle);
      const { size } = await regularFile(handle, path);
      sizes.push(size);
    }
    return { handles, sizes };
  } catch (error) {
    await Promise.all(handles.map((handle) => handle.close()));
    if (error instanceof AppError) throw error;
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new AppError(
      'not-found',
      `A file cannot be opened: ${printable(String(paths[handles.length]), 300)} (${reason})`,
      {
        cause: error,
      },
    );
  }
}

async function regularFile(handle: FileHandle, path: string): Promise<{ size: number }> {
  const stat = await handle.stat();
  if (!stat.isFile()) throw new AppError('not-found', `Not a regular file: ${printable(path, 300)}`);
  return stat;
}

/**
 * Runs one reader child over `handles` and answers the JSON that it wrote, unchecked.
 * @throws ReaderFailure, AppError `interrupted` on abort
 */
export async function runReader(
  request: ReaderRequest,
  handles: readonly FileHandle[],
  run: ReaderRun = {},
): Promise<{ answer: unknown; confinement: string }> {
  const limits = { ...defaultReaderLimits, ...run.limits };
  const tools = run.tools ?? findTools(systemPath);
  const program = await readerProgram();
  const { command, args, confinement } = confine(tools, limits, program, JSON.stringify(request));
  if (run.signal?.aborted === true) throw interrupted();
  const child = spawn(command, args, {
    cwd: '/',
    env: {},
    stdio: ['ignore', 'pipe', 'pipe', ...handles.map(({ fd }) => fd)],
    detached: true,
  });
  const end = await collect(child, limits, run.signal);
  if (end.stopped === 'aborted') throw interrupted();
  if (end.stopped !== undefined) throw new ReaderFailure(end.stopped);
  if (end.code !== 0) {
    const how = end.signal === null ? `exit code ${end.code}` : `signal ${end.signal}`;
    throw new ReaderFailure(`it ended with ${how}: ${printable(end.stderr.trim().slice(-600), 600)}`);
  }
  let parsed: { result?: unknown; error?: unknown };
  try {
    parsed = JSON.parse(end.stdout) as typeof parsed;
  } catch (error) {
    throw new ReaderFailure('its answer is not JSON', error);
  }
  if (parsed === null || typeof parsed !== 'object' || !('result' in parsed)) {
    throw new ReaderFailure(printable(String(parsed?.error ?? 'an answer without a result'), 1000));
  }
  return { answer: parsed.result, confinement };
}

function interrupted(): AppError {
  return new AppError('interrupted', 'The reading was stopped');
}

interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly stopped: string | undefined;
}

function collect(
  child: ReturnType<typeof spawn>,
  limits: ReaderLimits,
  signal: AbortSignal | undefined,
): Promise<ChildEnd> {
  return new Promise((resolve, reject) => {
    const out: Buffer[] = [];
    let outBytes = 0;
    let stderr = '';
    let stopped: string | undefined;
    const stop = (why: string) => {
      stopped ??= why;
      try {
        // The child leads a process group of its own: nothing that it started stays behind.
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        child.kill('SIGKILL');
      }
    };
    const timer = setTimeout(() => stop(`it took longer than ${limits.timeMs} ms`), limits.timeMs);
    const onAbort = () => stop('aborted');
    signal?.addEventListener('abort', onAbort, { once: true });
    child.stdout?.on('data', (bytes: Buffer) => {
      outBytes += bytes.byteLength;
      if (outBytes > limits.outputBytes) stop(`it wrote more than ${limits.outputBytes} bytes`);
      else out.push(bytes);
    });
    child.stderr?.on('data', (bytes: Buffer) => {
      stderr = (stderr + bytes.toString('latin1')).slice(-4096);
    });
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    child.once('error', (error) => {
      settle();
      reject(new ReaderFailure(`it cannot be started: ${error.message}`, error));
    });
    child.once('close', (code, signalName) => {
      settle();
      resolve({ code, signal: signalName, stdout: Buffer.concat(out).toString('utf8'), stderr, stopped });
    });
  });
}
