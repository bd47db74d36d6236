import { Readable } from 'node:stream';
import { runCli } from '#cli/run.ts';

export interface InProcessRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command line without a process of its own; nothing of this machine's environment is seen. */
export async function runInProcess(
  args: readonly string[],
  options: { env?: Record<string, string>; cwd?: string; signal?: AbortSignal } = {},
): Promise<InProcessRun> {
  const text = { stdout: '', stderr: '' };
  const code = await runCli(args, {
    stdout: { write: (part) => (text.stdout += part) },
    stderr: { write: (part) => (text.stderr += part) },
    stdin: Readable.from([]),
    env: options.env ?? {},
    cwd: options.cwd ?? '/',
    fetch: globalThis.fetch,
    signal: options.signal ?? new AbortController().signal,
    now: () => Date.now(),
  });
  return { code, ...text };
}
