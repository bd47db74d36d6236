import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { AppError } from '#core/errors/app-error.ts';
import type { RebuildEvent, RebuildRequest, RebuildResult } from '#schemas/rebuild.ts';
import type { Caller } from '#services/control/control-plane.ts';

export interface MemoryRebuild {
  result: RebuildResult;
  revision: number;
  readonly request: RebuildRequest;
  readonly submitter: string;
  readonly events: RebuildEvent[];
  readonly bundles: { predicateType: string; digest: string; subject: string; bundle: unknown }[];
}

/** Rebuilds with revisions, events and those who wait for them, in memory. Newest last. */
export class MemoryRebuilds {
  readonly #rebuilds = new Map<string, MemoryRebuild>();
  readonly #changes = new EventEmitter().setMaxListeners(0);

  add(caller: Caller, request: RebuildRequest, shown: Partial<RebuildResult>): MemoryRebuild {
    const id = randomUUID();
    const rebuild: MemoryRebuild = {
      revision: 1,
      request,
      submitter: caller.subject,
      events: [],
      bundles: [],
      result: {
        schemaVersion: 1,
        verdict: 'pending',
        retryable: false,
        detail: 'It is being worked on.',
        artifact: {},
        level: 'SLSA_BUILD_LEVEL_0',
        passes: [],
        differences: [],
        differencesTotal: 0,
        findings: [],
        causes: [],
        attempts: [],
        attestations: [],
        rebuild: {
          id,
          createdAt: new Date().toISOString(),
          visibility: request.kind === 'supplied' ? 'private' : 'public',
          submitter: caller.subject,
        },
        ...shown,
      },
    };
    this.#rebuilds.set(id, rebuild);
    return rebuild;
  }

  newestFirst(): MemoryRebuild[] {
    return [...this.#rebuilds.values()].reverse();
  }

  get(id: string): MemoryRebuild {
    const rebuild = this.#rebuilds.get(id);
    if (rebuild === undefined) throw new AppError('not-found', `There is no rebuild ${id}`);
    return rebuild;
  }

  visible(caller: Caller, id: string): MemoryRebuild {
    const rebuild = this.get(id);
    if (!maySee(caller, rebuild)) throw new AppError('not-found', `There is no rebuild ${id}`);
    return rebuild;
  }

  owned(caller: Caller, id: string): MemoryRebuild {
    const rebuild = this.visible(caller, id);
    if (caller.scope !== 'admin' && rebuild.submitter !== caller.subject)
      throw new AppError('forbidden', 'Only who submitted it may do that');
    return rebuild;
  }

  change(rebuild: MemoryRebuild, shown: Partial<RebuildResult>): void {
    rebuild.result = { ...rebuild.result, ...shown };
    rebuild.revision += 1;
    this.#changes.emit(rebuild.result.rebuild.id);
  }

  tell(rebuild: MemoryRebuild, event: Omit<RebuildEvent, 'seq' | 'at'>): void {
    rebuild.events.push({ seq: rebuild.events.length + 1, at: new Date().toISOString(), ...event });
    this.#changes.emit(rebuild.result.rebuild.id);
  }

  async wait(id: string, revision: number, timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (this.get(id).revision > revision) return;
    const bound = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    await once(this.#changes, id, { signal: bound }).catch(() => undefined);
  }

  /** How many wait for changes now. */
  waiting(): number {
    return [...this.#rebuilds.keys()].reduce((sum, id) => sum + this.#changes.listenerCount(id), 0);
  }
}

export function maySee(caller: Caller, { submitter, result }: MemoryRebuild): boolean {
  return caller.scope === 'admin' || result.rebuild.visibility === 'public' || caller.subject === submitter;
}
