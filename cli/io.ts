/** Where a command's text goes. `isTTY` decides spinners and colour; nothing else may depend on it. */
export interface CliWriter {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/**
 * Everything of the outside that a command may touch, so that tests run commands without a process of their own.
 * stdout carries data only; progress, prompts and errors go to stderr. A command ends by returning its exit code or
 * by throwing an AppError, whose code decides the exit code (schemas/errors.ts); it never exits the process.
 */
export interface CliIo {
  readonly stdout: CliWriter;
  readonly stderr: CliWriter;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The one way to HTTP. */
  readonly fetch: typeof globalThis.fetch;
  /** Aborted by Ctrl-C or SIGTERM. A command that was interrupted throws AppError `interrupted`. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  now(): number;
  /** The exit code of a command that ended well in the sense of an operation (0 unless set): 1 violated, 3 not established. */
  exitWith(code: ExitCode): void;
}

/** docs/cli.md; errors have theirs in schemas/errors.ts. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 128 | 130;
