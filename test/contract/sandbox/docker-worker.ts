/** A worker to be killed: starts an attempt that does not end, and says so on stdout once the build runs. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createDockerSandbox } from '#workers/sandbox/docker.ts';
import type { Rootfs } from '#workers/sandbox/sandbox.ts';
import { shellStep, smallLimits } from './attempt.ts';

const [host = '', worker = '', folder = ''] = process.argv.slice(2);
const [inputs, handover] = [join(folder, 'killed', 'inputs'), join(folder, 'killed', 'handover')];
await mkdir(inputs, { recursive: true });
await mkdir(handover, { recursive: true });
await createDockerSandbox({ host, runtime: 'runc', worker }).run(
  {
    id: `killed-${process.pid}`,
    rootfs: JSON.parse(process.env['ROOTFS'] ?? '') as Rootfs,
    inputs,
    handover,
    outputs: [],
    variables: {},
    limits: smallLimits,
    steps: [shellStep('echo begun; sleep 600')],
  },
  {
    stepStarted: () => undefined,
    stepEnded: () => undefined,
    line: (_, text) => process.stdout.write(`${text}\n`),
  },
  new AbortController().signal,
);
