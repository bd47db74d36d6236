import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AppError } from '#core/errors/app-error.ts';
import { runDiffoscope } from '#workers/diffoscope/run-diffoscope.ts';
import type { CliIo } from '../io.ts';

/**
 * Writes what diffoscope says of two files to stdout, below our own report, or into a file.
 * @throws AppError as runDiffoscope, `usage` where the file cannot be written
 */
export async function writeDiffoscope(
  io: CliIo,
  [a, b]: readonly [string, string],
  output: string | undefined,
): Promise<void> {
  const { lines, cut } = await runDiffoscope(a, b, { signal: io.signal });
  const said = [...(lines.length === 0 ? ['nothing differs'] : lines), ...(cut === undefined ? [] : [cut])];
  if (output === undefined) {
    io.stdout.write(`\ndiffoscope says:\n${said.map((line) => `  ${line}\n`).join('')}`);
    return;
  }
  try {
    await writeFile(resolve(io.cwd, output), said.map((line) => `${line}\n`).join(''));
  } catch (cause) {
    throw new AppError('usage', `${output} cannot be written: ${(cause as Error).message}`, { cause });
  }
}
