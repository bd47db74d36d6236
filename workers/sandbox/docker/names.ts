import assert from 'node:assert/strict';

export const workerLabel = 'assay.worker';
const attemptLabel = 'assay.attempt';

/** What an attempt owns in the engine. The labels tell what a worker that was killed has left behind. */
export interface AttemptNames {
  readonly labels: Readonly<Record<string, string>>;
  readonly handover: string;
  readonly probe: string;
  /** Of the step with this index. */
  step(index: number): string;
  readonly volumes: { readonly work: string; readonly tmp: string; readonly report: string };
}

/** `id` is ours (`<jobId>-<fence>`), so one that the engine would not take as a name is a bug. */
export function attemptNames(worker: string, id: string): AttemptNames {
  assert.match(id, /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/);
  return {
    labels: { [workerLabel]: worker, [attemptLabel]: id },
    handover: `assay-${id}-handover`,
    probe: `assay-${id}-probe`,
    step: (index) => `assay-${id}-step-${index}`,
    volumes: { work: `assay-${id}-work`, tmp: `assay-${id}-tmp`, report: `assay-${id}-report` },
  };
}
