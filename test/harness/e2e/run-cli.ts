import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { text } from 'node:stream/consumers';
import type { RebuildResult } from '#schemas/rebuild.ts';

export const checkout = fileURLToPath(new URL('../../..', import.meta.url));

/** What one run of `./assay` came to. */
export interface CliRun {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `./assay …` as a person would, from the checkout, with nothing on stdin. */
export async function runCli(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<CliRun> {
  const child = spawn('./assay', args, {
    cwd: checkout,
    env: { ...process.env, CI: 'true', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [exit]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { exit: exit as number | null, stdout, stderr };
}

/** The JSON that a command printed; the whole run is the message where it is none. */
export function resultOf(run: CliRun): RebuildResult {
  try {
    return JSON.parse(run.stdout) as RebuildResult;
  } catch {
    throw new Error(`no JSON on stdout (exit ${run.exit}): ${run.stdout}\n${run.stderr}`);
  }
}
