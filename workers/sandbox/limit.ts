import type { Limits } from '#schemas/recipe.ts';
import type { SandboxEnd } from './sandbox.ts';

/** A limit that ended an attempt, with one plain sentence. Both sandboxes use the same words. */
export type LimitReached = Pick<Extract<SandboxEnd, { kind: 'limit' }>, 'reason' | 'detail'>;

export function timeLimit({ timeSeconds }: Limits): LimitReached {
  return { reason: 'time-limit', detail: `The build took longer than ${timeSeconds} s.` };
}

export function cpuLimit({ cpuSeconds }: Limits): LimitReached {
  return { reason: 'cpu-limit', detail: `The build used more than ${cpuSeconds} s of processor time.` };
}

export function memoryLimit({ memoryBytes }: Limits): LimitReached {
  return { reason: 'memory-limit', detail: `The build needed more than ${memoryBytes} bytes of memory.` };
}

export function diskLimit({ diskBytes }: Limits): LimitReached {
  return { reason: 'disk-limit', detail: `The build filled its work folder of ${diskBytes} bytes.` };
}

export function processLimit({ processes }: Limits): LimitReached {
  return { reason: 'process-limit', detail: `The build started more than ${processes} processes.` };
}

export function logLimit({ logBytes }: Limits): LimitReached {
  return { reason: 'log-limit', detail: `The build wrote more than ${logBytes} bytes of log.` };
}

export function outputLimit({ outputBytes }: Limits): LimitReached {
  return { reason: 'output-limit', detail: `The outputs are larger than ${outputBytes} bytes.` };
}
