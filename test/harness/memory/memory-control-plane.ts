import type { Readable } from 'node:stream';
import { AppError } from '#core/errors/app-error.ts';
import { jsonDigest } from '#core/json/digest.ts';
import { parsePurl } from '#core/purl/purl.ts';
import type { Sha256 } from '#schemas/digest.ts';
import type { LevelReport } from '#schemas/level-report.ts';
import { jobCatalogue } from '#schemas/jobs.ts';
import type { Policy } from '#schemas/policy.ts';
import type { Lookup, RebuildRequest } from '#schemas/rebuild.ts';
import type { Summary } from '#schemas/summary.ts';
import type { Verdict } from '#schemas/verdict.ts';
import type { PublishedKey } from '#schemas/trust.ts';
import type { Caller, ControlPlane, NewSigner } from '#services/control/control-plane.ts';
import { MemoryJobs, type MemoryJob } from './memory-jobs.ts';
import { MemoryObjects } from './memory-objects.ts';
import { maySee, MemoryRebuilds, type MemoryRebuild } from './memory-rebuilds.ts';

/** The second implementation of the seam: keeps real state, in memory, with one job for each rebuild. */
export class MemoryControlPlane implements ControlPlane {
  readonly rebuildStates = new MemoryRebuilds();
  readonly jobStates = new MemoryJobs();
  readonly objectStates = new MemoryObjects();
  readonly #keys: PublishedKey[] = [];
  /** What is said to be out of reach. */
  down: string | undefined;

  async submit(caller: Caller, request: RebuildRequest) {
    const rebuild = this.#accept(caller, request);
    const { id } = rebuild.result.rebuild;
    const job = this.jobStates.add(id, 'resolve', request);
    if (request.kind === 'supplied') job.readable.add(request.artifact.digest.sha256);
    this.rebuildStates.tell(rebuild, { type: 'stage', stage: 'resolve', state: 'queued' });
    return rebuild.result;
  }

  #accept(caller: Caller, request: RebuildRequest): MemoryRebuild {
    switch (request.kind) {
      case 'purl': {
        const purl = parsePurl(request.purl);
        if (purl.type !== 'pypi')
          throw new AppError('unsupported-ecosystem', `Nothing here rebuilds pkg:${purl.type}`);
        return this.rebuildStates.add(caller, request, { artifact: { purl: purl.text } });
      }
      case 'supplied': {
        const { sha256 } = request.artifact.digest;
        const size = this.objectStates.allows(sha256, caller.subject) && this.objectStates.size(sha256);
        if (size === false || size === undefined)
          throw new AppError('not-found', `sha256:${sha256} was not uploaded`);
        return this.rebuildStates.add(caller, request, { artifact: { ...request.artifact, size } });
      }
      case 'replay': {
        const { result } = this.rebuildStates.visible(caller, request.of);
        if (result.verdict === 'pending') throw new AppError('conflict', 'It is not finished');
        return this.rebuildStates.add(caller, request, { artifact: result.artifact });
      }
    }
  }

  async rebuild(caller: Caller, id: string) {
    const { result, revision } = this.rebuildStates.visible(caller, id);
    return { result, revision };
  }

  async rebuilds(caller: Caller, { limit, before }: { limit: number; before?: string }) {
    const all = this.rebuildStates.newestFirst().filter((each) => maySee(caller, each));
    const start = before === undefined ? 0 : all.findIndex(({ result }) => result.rebuild.id === before) + 1;
    const items = all.slice(start, start + limit).map(({ result }) => result);
    const next = all.length > start + limit ? items.at(-1)?.rebuild.id : undefined;
    return { items, ...(next === undefined ? {} : { next }) };
  }

  waitForChange(id: string, revision: number, timeoutMs: number, signal: AbortSignal) {
    return this.rebuildStates.wait(id, revision, timeoutMs, signal);
  }

  async events(caller: Caller, id: string, afterSeq: number, limit: number) {
    const { events } = this.rebuildStates.visible(caller, id);
    return events.filter(({ seq }) => seq > afterSeq).slice(0, limit);
  }

  async cancel(caller: Caller, id: string) {
    const rebuild = this.rebuildStates.owned(caller, id);
    if (rebuild.result.verdict !== 'pending') throw new AppError('conflict', 'It has its verdict already');
    for (const job of this.jobStates.of(id)) job.cancelled = true;
    this.conclude(id, { kind: 'inconclusive', reason: 'cancelled', retryable: true, detail: 'Cancelled.' });
    return rebuild.result;
  }

  async publish(caller: Caller, id: string) {
    const rebuild = this.rebuildStates.owned(caller, id);
    const { artifact, rebuild: about } = rebuild.result;
    this.rebuildStates.change(rebuild, { rebuild: { ...about, visibility: 'public' } });
    if (artifact.digest !== undefined) this.objectStates.allow(artifact.digest.sha256, 'public');
    return rebuild.result;
  }

  async summarize(caller: Caller, id: string, policy: Policy): Promise<Summary> {
    const rebuild = this.rebuildStates.visible(caller, id);
    if (rebuild.result.verdict === 'pending') throw new AppError('conflict', 'It is not finished');
    const digest = jsonDigest(policy);
    const before = rebuild.result.summaries?.find((each) => each.policy.digest.sha256 === digest.sha256);
    if (before) return before;
    const summary: Summary = {
      policy: { digest, ...(policy.name === undefined ? {} : { name: policy.name }) },
      askedAt: new Date().toISOString(),
      state: 'pending',
    };
    this.rebuildStates.change(rebuild, { summaries: [...(rebuild.result.summaries ?? []), summary] });
    return summary;
  }

  async lookup(caller: Caller, query: { purl: string } | { sha256: Sha256 }): Promise<Lookup> {
    const wanted = 'purl' in query ? { purl: parsePurl(query.purl).text } : query;
    const about = this.rebuildStates
      .newestFirst()
      .filter(({ result: { artifact } }) =>
        'purl' in wanted ? artifact.purl === wanted.purl : artifact.digest?.sha256 === wanted.sha256,
      );
    const seen = about.filter((each) => maySee(caller, each));
    const ours = seen.filter(({ request }) => request.kind === 'purl');
    const result = (ours.find((each) => each.result.verdict !== 'pending') ?? ours[0])?.result;
    return {
      schemaVersion: 1,
      query: wanted,
      verdict: result?.verdict ?? 'unknown',
      detail: result?.detail ?? 'Nothing is known of this.',
      ...(result === undefined ? {} : { result }),
      supplied: seen.filter(({ request }) => request.kind === 'supplied').map((each) => each.result),
    };
  }

  async filesOf(caller: Caller, purl: string) {
    const seen = this.rebuildStates.newestFirst().filter((each) => maySee(caller, each));
    const files = seen.flatMap(({ result: { artifact } }) =>
      artifact.purl === purl && artifact.file !== undefined && artifact.digest !== undefined
        ? [{ file: artifact.file, sha256: artifact.digest.sha256 }]
        : [],
    );
    return [...new Map(files.map((each) => [each.sha256, each])).values()];
  }

  /** What is answered for the levels of rebuilds, by id. */
  readonly levels = new Map<string, LevelReport>();

  async level(caller: Caller, id: string) {
    await this.rebuild(caller, id);
    const report = this.levels.get(id);
    if (!report) throw new AppError('not-found', `Nothing has been stated of rebuild ${id}.`);
    return report;
  }

  async attestations(caller: Caller, sha256: Sha256) {
    const seen = this.rebuildStates.newestFirst().filter((each) => maySee(caller, each));
    return seen
      .flatMap(({ bundles }) => bundles)
      .filter(({ subject }) => subject === sha256)
      .map(({ predicateType, digest, bundle }) => ({ predicateType, digest, bundle }));
  }

  async keys() {
    return [...this.#keys];
  }

  upload(caller: Caller, sha256: Sha256, bytes: Readable) {
    return this.objectStates.put(sha256, bytes, caller.subject);
  }

  async object(caller: Caller, sha256: Sha256, range?: readonly [number, number]) {
    if (!this.objectStates.allows(sha256, caller.subject))
      throw new AppError('not-found', `There is no object sha256:${sha256}`);
    return this.objectStates.open(sha256, range);
  }

  async claim(caller: Caller, jobId: string) {
    const lease = this.jobStates.claim(caller, jobId);
    const rebuild = this.rebuildStates.get(lease.rebuildId);
    this.rebuildStates.tell(rebuild, { type: 'stage', stage: lease.kind, state: 'started' });
    return lease;
  }

  async heartbeat(jobId: string, token: string) {
    const { kind, cancelled } = this.jobStates.held(jobId, token);
    return { leaseSeconds: jobCatalogue[kind].leaseSeconds, cancelled };
  }

  progress: ControlPlane['progress'] = async (jobId, token, events) => {
    const { rebuildId } = this.jobStates.held(jobId, token);
    const rebuild = this.rebuildStates.get(rebuildId);
    for (const event of events)
      this.rebuildStates.tell(
        rebuild,
        event.type === 'log'
          ? { type: 'log', stream: event.stream, text: event.line }
          : event.type === 'note'
            ? event
            : { type: 'step', name: event.name, state: event.state },
      );
  };

  async jobObject(jobId: string, token: string, sha256: Sha256) {
    if (!this.jobStates.held(jobId, token).readable.has(sha256))
      throw new AppError('not-found', `Job ${jobId} has no input sha256:${sha256}`);
    return this.objectStates.open(sha256);
  }

  async putJobObject(jobId: string, token: string, sha256: Sha256, bytes: Readable) {
    const job: MemoryJob = this.jobStates.held(jobId, token);
    const stored = await this.objectStates.put(sha256, bytes, `job:${jobId}`);
    job.readable.add(sha256);
    return stored;
  }

  async report(jobId: string, token: string, report: unknown) {
    const job = this.jobStates.held(jobId, token);
    const read = jobCatalogue[job.kind].report.safeParse(report);
    if (!read.success) throw new AppError('invalid-request', `That is no report of a ${job.kind} job`);
    job.done = true;
    if (read.data.outcome !== 'not-established') return;
    const { verdict: kind, reason, retryable, detail } = read.data;
    this.conclude(job.rebuildId, { kind, reason, retryable, detail });
  }

  async release(jobId: string, token: string, detail: string) {
    const job = this.jobStates.held(jobId, token);
    job.token = undefined;
    this.rebuildStates.tell(this.rebuildStates.get(job.rebuildId), { type: 'note', text: detail });
  }

  async layCanaries(): Promise<void> {}

  async registerSigner(_caller: Caller, { builderId, key }: NewSigner) {
    if (key) this.#keys.unshift({ ...key, builderId, validFrom: new Date().toISOString() });
  }

  async retireKey(_caller: Caller, hint: string) {
    return this.#withdraw(hint, 'retiredAt');
  }

  async revokeKey(_caller: Caller, hint: string) {
    return this.#withdraw(hint, 'revokedAt');
  }

  #withdraw(hint: string, end: 'retiredAt' | 'revokedAt'): PublishedKey[] {
    const keys = this.#keys.filter((key) => key.hint === hint);
    if (keys.length === 0) throw new AppError('not-found', `There is no key ${hint}`);
    for (const key of keys) key[end] ??= new Date().toISOString();
    return keys;
  }

  async gatewayObject(_caller: Caller, sha256: Sha256) {
    return this.objectStates.open(sha256);
  }

  putGatewayObject(_caller: Caller, sha256: Sha256, bytes: Readable) {
    return this.objectStates.put(sha256, bytes, 'gateway');
  }

  recordServed: ControlPlane['recordServed'] = async (_caller, jobId, fence, served) => {
    const job = this.jobStates.get(jobId);
    if (job.fence !== fence) throw new AppError('stale-lease', 'That attempt is over');
    job.served.push(served);
  };

  async replayRecord(_caller: Caller, jobId: string) {
    return this.jobStates.get(jobId).served;
  }

  async ready() {
    if (this.down !== undefined) throw new AppError('unavailable', `${this.down} does not answer`);
  }

  /** Gives a rebuild its verdict, as the last job's report would. */
  conclude(id: string, { kind, detail, retryable, reason }: Verdict): void {
    const rebuild = this.rebuildStates.get(id);
    const finishedAt = new Date().toISOString();
    this.rebuildStates.change(rebuild, {
      verdict: kind,
      detail,
      retryable,
      ...(reason === undefined ? {} : { reason }),
      rebuild: { ...rebuild.result.rebuild, finishedAt },
    });
    this.rebuildStates.tell(rebuild, { type: 'verdict', name: kind, text: detail });
  }
}
