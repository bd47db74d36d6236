import { mkdir, mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RebuildResult } from '#schemas/rebuild.ts';
import { superviseChild, type SupervisedChild } from '#services/embedded/child.ts';
import { embeddedProcesses } from '#services/embedded/processes.ts';
import { machineTokens, makeSecrets, type Secrets } from '#services/embedded/secrets.ts';
import { freePort } from '#services/postgres/free-port.ts';
import { startTestPostgres, type TestPostgres } from '#test/harness/servers/postgres.ts';
import { checkout } from '../e2e/run-cli.ts';
import { startSmallRebuilds } from './small-rebuilds.ts';

/** The deployment that signs. */
export const deploymentId = 'https://builder.example/outage';

/**
 * The control plane and the attester as processes of their own over a real PostgreSQL, each started again when it dies;
 * finding and rebuilding take no time (small-rebuilds.ts).
 */
export class SigningService implements AsyncDisposable {
  readonly url: string;
  readonly folder: string;
  readonly postgres: TestPostgres;
  readonly #secrets: Secrets;
  readonly #children = new Map<'api' | 'attest', SupervisedChild>();
  readonly #ending: (() => Promise<void>)[] = [];

  private constructor(folder: string, postgres: TestPostgres, url: string, secrets: Secrets) {
    this.folder = folder;
    this.postgres = postgres;
    this.url = url;
    this.#secrets = secrets;
  }

  /** `signing`: the attester's variables that say how it signs; the folder is there before it is asked for them. */
  static async start(
    signing: (folder: string) => Promise<Readonly<Record<string, string>>>,
  ): Promise<SigningService> {
    const folder = await mkdtemp(join(tmpdir(), 'assay-signing-'));
    const postgres = await startTestPostgres();
    const listen = `127.0.0.1:${await freePort()}`;
    const service = new SigningService(folder, postgres, `http://${listen}`, makeSecrets());
    service.#ending.push(
      () => rm(folder, { recursive: true, force: true }),
      () => postgres.stop(),
    );
    try {
      await service.#startAll(listen, await signing(folder));
      return service;
    } catch (error) {
      await service[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #startAll(listen: string, signing: Readonly<Record<string, string>>): Promise<void> {
    const objects = join(this.folder, 'objects');
    const work = join(this.folder, 'attest');
    for (const path of [objects, work]) await mkdir(path);
    await this.#run('api', {
      ASSAY_LISTEN: listen,
      ASSAY_DATABASE_URL: this.postgres.url,
      ASSAY_QUEUE_URL: this.postgres.queueUrl,
      ASSAY_OBJECTS_URL: pathToFileURL(objects).href,
      ASSAY_GATEWAY_KEY: this.#secrets.gatewayKey,
      ASSAY_MACHINE_TOKENS: JSON.stringify(machineTokens(this.#secrets)),
      ASSAY_RATE_CALLER: '0',
      ASSAY_RATE_SUBMIT: '0',
    });
    await this.#run('attest', {
      ASSAY_API_URL: this.url,
      ASSAY_QUEUE_URL: this.postgres.queueUrl,
      ASSAY_WORKER_TOKEN: this.#secrets.workers.attest,
      ASSAY_WORK_DIR: work,
      ASSAY_CONCURRENCY: '16',
      ASSAY_BUILDER_ID: deploymentId,
      ...signing,
    });
    const rebuilds = await startSmallRebuilds({
      apiUrl: this.url,
      queueUrl: this.postgres.queueUrl,
      folder: this.folder,
      tokens: this.#secrets.workers,
    });
    this.#ending.push(() => rebuilds.close());
  }

  async #run(name: 'api' | 'attest', environment: Record<string, string>): Promise<void> {
    const log: FileHandle = await open(join(this.folder, `${name}.log`), 'a');
    const child = await superviseChild(
      {
        name,
        argv: [process.execPath, embeddedProcesses[name].main],
        cwd: checkout,
        environment: () => ({
          PATH: process.env['PATH'] ?? '',
          HOME: this.folder,
          TMPDIR: this.folder,
          ASSAY_PARENT_PIPE: '1',
          ...environment,
        }),
        stderr: log.fd,
      },
      () => undefined,
    );
    this.#children.set(name, child);
    this.#ending.push(async () => {
      await child.stop();
      await log.close();
    });
  }

  /** By -9; it is started again by itself. */
  kill(name: 'api' | 'attest'): void {
    const pid = this.#children.get(name)?.pid();
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }

  async submit(purl: string): Promise<string> {
    const answer = await this.#json('/v1/rebuilds', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'purl', purl }),
    });
    return RebuildResult.parse(answer).rebuild.id;
  }

  /** The rebuild once `holds`: asked for at each change of it, never by the clock. */
  async until(id: string, holds: (result: RebuildResult) => boolean): Promise<RebuildResult> {
    for (let etag: string | undefined; ;) {
      const response = await this.#send(`/v1/rebuilds/${id}`, {
        headers: { prefer: 'wait=30', ...(etag === undefined ? {} : { 'if-none-match': etag }) },
      });
      etag = response.headers.get('etag') ?? undefined;
      if (response.status === 304) continue;
      const result = RebuildResult.parse(await response.json());
      if (holds(result)) return result;
    }
  }

  /** All of them, each as it is once `holds`; one waits after the other, while the work goes on for all. */
  async untilAll(
    ids: readonly string[],
    holds: (result: RebuildResult) => boolean,
  ): Promise<RebuildResult[]> {
    const results: RebuildResult[] = [];
    for (const id of ids) results.push(await this.until(id, holds));
    return results;
  }

  /** What anybody gets to verify with. */
  async bundlesAbout(sha256: string): Promise<{ predicateType: string; digest: string; bundle: unknown }[]> {
    const response = await fetch(`${this.url}/v1/artifacts/sha256:${sha256}/attestations`);
    if (response.status === 404) return [];
    const { attestations } = (await response.json()) as {
      attestations: { predicateType: string; digest: string; bundle: unknown }[];
    };
    return attestations;
  }

  async #json(path: string, init: RequestInit): Promise<unknown> {
    return (await this.#send(path, init)).json();
  }

  async #send(path: string, init: RequestInit): Promise<Response> {
    const headers = { ...init.headers, authorization: `Bearer ${this.#secrets.admin}` };
    const response = await fetch(`${this.url}${path}`, { ...init, headers });
    if (response.ok || response.status === 304) return response;
    throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const end of this.#ending.toReversed()) await end();
  }
}
