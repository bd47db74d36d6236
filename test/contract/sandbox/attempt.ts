import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Canary } from '#schemas/place.ts';
import type { Limits, Step } from '#schemas/recipe.ts';
import type { Rootfs, Sandbox, SandboxResult, SandboxSpec } from '#workers/sandbox/sandbox.ts';

const mebibyte = 1024 ** 2;

/** Small enough that each limit is reached within seconds. */
export const smallLimits: Limits = {
  timeSeconds: 60,
  cpuSeconds: 60,
  memoryBytes: 128 * mebibyte,
  diskBytes: 32 * mebibyte,
  processes: 64,
  logBytes: mebibyte,
  outputBytes: 8 * mebibyte,
};

export interface AttemptOptions {
  readonly limits?: Partial<Limits>;
  readonly steps?: readonly Step[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly outputs?: readonly string[];
  readonly gatewaySocket?: string;
  readonly canaries?: readonly Canary[];
  readonly machine?: SandboxSpec['machine'];
  readonly signal?: AbortSignal;
  /** Called for each line as it comes. */
  readonly onLine?: (text: string) => void;
  readonly onEnded?: (step: string) => void;
}

export interface AttemptOutcome extends SandboxResult {
  readonly lines: readonly { stream: 'stdout' | 'stderr'; text: string }[];
  readonly stdout: string;
  readonly started: readonly string[];
  readonly ended: readonly [string, number | null][];
  /** Where the outputs were handed over. */
  readonly handover: string;
}

export function shellStep(script: string, name = 'build'): Step {
  return { name, phase: 'build', run: ['/bin/sh', '-c', script] };
}

let attempts = 0;

/** Folders of one test file, removed by `close`. Attempts run one after the other or together. */
export async function makeAttempts(sandbox: Sandbox, rootfs: Rootfs) {
  const folder = await mkdtemp(join(tmpdir(), 'assay-attempts-'));
  await chmod(folder, 0o711);

  async function attempt(script: string, options: AttemptOptions = {}): Promise<AttemptOutcome> {
    attempts += 1;
    const id = `test${process.pid}-${attempts}`;
    const [inputs, handover] = [join(folder, id, 'inputs'), join(folder, id, 'handover')];
    for (const made of [inputs, handover]) await mkdir(made, { recursive: true });
    for (const [name, text] of Object.entries(options.inputs ?? {}))
      await writeFile(join(inputs, name), text);
    const lines: { stream: 'stdout' | 'stderr'; text: string }[] = [];
    const started: string[] = [];
    const ended: [string, number | null][] = [];
    const spec: SandboxSpec = {
      id,
      rootfs,
      inputs,
      steps: options.steps ?? [shellStep(script)],
      variables: options.variables ?? {},
      limits: { ...smallLimits, ...options.limits },
      ...(options.gatewaySocket === undefined ? {} : { gatewaySocket: options.gatewaySocket }),
      outputs: options.outputs ?? [],
      canaries: options.canaries ?? [],
      ...(options.machine === undefined ? {} : { machine: options.machine }),
      handover,
    };
    const result = await sandbox.run(
      spec,
      {
        stepStarted: (name) => started.push(name),
        stepEnded: (name, exitCode) => {
          ended.push([name, exitCode]);
          options.onEnded?.(name);
        },
        line: (stream, text) => {
          lines.push({ stream, text });
          options.onLine?.(text);
        },
      },
      options.signal ?? new AbortController().signal,
    );
    const stdout = lines.flatMap(({ stream, text }) => (stream === 'stdout' ? [text] : [])).join('\n');
    return { ...result, lines, stdout, started, ended, handover };
  }

  return {
    folder,
    attempt,
    /** Everything below the hand-over folder of an attempt. */
    handedOver: (outcome: AttemptOutcome) => readdir(outcome.handover, { recursive: true }),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

export type Attempts = Awaited<ReturnType<typeof makeAttempts>>;
