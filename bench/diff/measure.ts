import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('measure-tree.py', import.meta.url));

/** What all processes of one command took together. */
export interface Taken {
  /** User and system. */
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  /** The largest sum of resident memory over processes that lived at once; what they share counts for each. */
  readonly peakBytes: number;
  readonly exitCode: number;
  /** Whether it was ended at its bound of CPU. */
  readonly killed: boolean;
}

/** Runs a command whose output nobody reads. @throws Error where it ends with a code that is not among `expected` */
export async function measure(
  command: readonly string[],
  expected: readonly number[],
  cpuSecondsMax = 600,
): Promise<Taken> {
  const child = spawn('python3', [script, String(cpuSecondsMax), ...command], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const [, errors, answer] = await Promise.all([
    once(child, 'close'),
    text(child.stderr as Readable),
    text(child.stdio[3] as Readable),
  ]);
  const taken = answer === '' ? undefined : (JSON.parse(answer) as Taken);
  if (taken === undefined || (!taken.killed && !expected.includes(taken.exitCode)))
    throw new Error(`${command.join(' ')} ended with ${taken?.exitCode}: ${errors.slice(-2000)}`);
  return taken;
}
