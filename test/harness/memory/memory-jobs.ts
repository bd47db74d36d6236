import { randomBytes, randomUUID } from 'node:crypto';
import { AppError } from '#core/errors/app-error.ts';
import type { Served } from '#schemas/gateway.ts';
import { jobCatalogue, type JobKind, type Lease } from '#schemas/jobs.ts';
import type { Caller } from '#services/control/control-plane.ts';

export interface MemoryJob {
  readonly id: string;
  readonly rebuildId: string;
  readonly kind: JobKind;
  readonly input: unknown;
  readonly readable: Set<string>;
  readonly served: Served[];
  fence: number;
  token: string | undefined;
  done: boolean;
  cancelled: boolean;
}

/** Jobs with fences and lease tokens, in memory. */
export class MemoryJobs {
  readonly #jobs = new Map<string, MemoryJob>();

  add(rebuildId: string, kind: JobKind, input: unknown): MemoryJob {
    const job: MemoryJob = {
      id: randomUUID(),
      rebuildId,
      kind,
      input,
      readable: new Set(),
      served: [],
      fence: 0,
      token: undefined,
      done: false,
      cancelled: false,
    };
    this.#jobs.set(job.id, job);
    return job;
  }

  of(rebuildId: string): MemoryJob[] {
    return [...this.#jobs.values()].filter((job) => job.rebuildId === rebuildId);
  }

  get(id: string): MemoryJob {
    const job = this.#jobs.get(id);
    if (job === undefined) throw new AppError('not-found', `There is no job ${id}`);
    return job;
  }

  claim(caller: Caller, id: string): Lease {
    const job = this.get(id);
    if (caller.scope !== `worker:${job.kind}`)
      throw new AppError('forbidden', `A ${caller.scope} may not claim a ${job.kind} job`);
    if (job.done || job.token !== undefined) throw new AppError('stale-lease', 'There is nothing to do');
    job.fence += 1;
    job.token = `assay_lease_${randomBytes(32).toString('base64url')}`;
    const { kind, rebuildId, fence, token, input } = job;
    return { jobId: id, rebuildId, kind, fence, token, leaseSeconds: jobCatalogue[kind].leaseSeconds, input };
  }

  held(id: string, token: string): MemoryJob {
    const job = this.#jobs.get(id);
    if (job === undefined || job.done || job.token !== token)
      throw new AppError('stale-lease', `This attempt no longer holds job ${id}`);
    return job;
  }
}
