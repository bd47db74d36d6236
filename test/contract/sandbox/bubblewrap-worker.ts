/** A worker on its own: runs one attempt and prints its log and its end; what it is given is one JSON argument. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createBubblewrap } from '#workers/sandbox/bubblewrap.ts';
import type { CgroupParents } from '#workers/sandbox/cgroup/parents.ts';
import type { Rootfs } from '#workers/sandbox/sandbox.ts';
import { shellStep, smallLimits } from './attempt.ts';

export interface WorkerArgument {
  readonly folder: string;
  readonly cgroups: CgroupParents;
  readonly rootfs: Rootfs;
  readonly script: string;
}

const given = JSON.parse(process.argv[2] ?? '') as WorkerArgument;
const [inputs, handover] = [join(given.folder, 'inputs'), join(given.folder, 'handover')];
for (const made of [inputs, handover]) await mkdir(made, { recursive: true });
const result = await createBubblewrap({ folder: join(given.folder, 'sandbox'), cgroups: given.cgroups }).run(
  {
    id: 'test-worker',
    rootfs: given.rootfs,
    inputs,
    handover,
    outputs: [],
    variables: {},
    limits: smallLimits,
    steps: [shellStep(given.script)],
  },
  {
    stepStarted: () => undefined,
    stepEnded: () => undefined,
    line: (_, text) => process.stdout.write(`${text}\n`),
  },
  new AbortController().signal,
);
process.stdout.write(
  `${JSON.stringify({ end: result.end, facts: result.facts, unlimited: result.unlimited })}\n`,
);
