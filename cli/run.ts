import { CommanderError } from 'commander';
import { asAppError, type AppError } from '#core/errors/app-error.ts';
import { printable } from '#core/text/printable.ts';
import type { CliIo, ExitCode } from './io.ts';
import { createProgram } from './program.ts';

/** Runs one command line (without `node` and the script) and gives its exit code. Never throws. */
export async function runCli(args: readonly string[], outside: Omit<CliIo, 'exitWith'>): Promise<number> {
  let code: ExitCode = 0;
  const io: CliIo = { ...outside, exitWith: (wanted) => void (code = wanted) };
  try {
    const program = await createProgram(io, args);
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const failure = asAppError(error);
    writeError(io, failure);
    return io.signal.aborted ? 130 : failure.exit;
  }
}

/** What happened, why, how to fix it. Its text may come from others: it is escaped, line by line. */
function writeError(io: CliIo, error: AppError): void {
  const lines = error.message.split('\n').map((line) => printable(line, 2000));
  io.stderr.write(`assay: ${lines.join('\n  ')}\n`);
  if (error.hint !== undefined) io.stderr.write(`  to fix it: ${printable(error.hint, 2000)}\n`);
  if (error.code === 'internal' && error.stack !== undefined && io.env['ASSAY_DEBUG'] === '1') {
    io.stderr.write(`${error.cause instanceof Error ? (error.cause.stack ?? '') : error.stack}\n`);
  }
}
