import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { superviseChild, type SupervisedChild } from '#services/embedded/child.ts';
import {
  embeddedProcesses,
  embeddedProcessNames,
  type EmbeddedProcess,
} from '#services/embedded/processes.ts';
import { makeSecrets } from '#services/embedded/secrets.ts';
import { upstreamVariables } from '#services/embedded/upstreams.ts';
import { ensureProcessUsers, type ProcessUsers } from '#services/embedded/users.ts';
import { freePort } from '#services/postgres/free-port.ts';
import { startTestPostgres, type TestPostgres } from '#test/harness/servers/postgres.ts';
import { startTestRedis } from '#test/harness/servers/redis.ts';
import { startTestS3 } from '#test/harness/servers/s3.ts';
import type { TestServer } from '#test/harness/servers/test-server.ts';
import { checkout, runCli, type CliRun } from './run-cli.ts';
import { scaledOutEnvironment, type ScaledOutSettings } from './scaled-out-environment.ts';
import { killProcess, unroutable, type ChosenSandbox, type Service } from './service.ts';

interface Servers {
  readonly postgres: TestPostgres;
  readonly redis: TestServer;
  readonly s3: TestServer & { readonly environment: Readonly<Record<string, string>> };
}

/** What one deployment has that others have not. */
export interface ScaledOutOptions {
  /** Further variables, by process. */
  readonly environment?: Partial<Record<EmbeddedProcess, Readonly<Record<string, string>>>>;
  /** A command before that of a process, run as we are: it makes the place that the process finds. */
  readonly within?: Partial<Record<EmbeddedProcess, readonly string[]>>;
}

/**
 * The service as an operator runs it on many hosts: PostgreSQL, Redis and S3 are servers of their own, and each process
 * is started by itself with nothing but its own configuration, and started again when it dies. As root each has a user.
 */
export class ScaledOutService implements Service {
  readonly #folder: string;
  readonly #servers: Servers;
  readonly #settings: ScaledOutSettings;
  readonly #users: ProcessUsers | undefined;
  readonly #options: ScaledOutOptions;
  /** As whose user a process runs, where not as its own. */
  readonly #as = new Map<EmbeddedProcess, EmbeddedProcess>();
  readonly #children = new Map<EmbeddedProcess, SupervisedChild>();
  readonly #logs: FileHandle[] = [];
  readonly #onceReady = new Map<EmbeddedProcess, () => void>();
  #upstreams: Readonly<Record<string, string>>;

  private constructor(
    folder: string,
    servers: Servers,
    settings: ScaledOutSettings,
    users: ProcessUsers | undefined,
    options: ScaledOutOptions,
  ) {
    this.#folder = folder;
    this.#servers = servers;
    this.#settings = settings;
    this.#users = users;
    this.#options = options;
    this.#upstreams = settings.upstreams;
  }

  static async start(
    sandbox: ChosenSandbox,
    rootfs: string,
    options: ScaledOutOptions = {},
  ): Promise<ScaledOutService> {
    const folder = await mkdtemp(join(tmpdir(), 'assay-scaled-out-'));
    await chmod(folder, 0o711);
    const [postgres, redis, s3] = await Promise.all([startTestPostgres(), startTestRedis(), startTestS3()]);
    const users = process.getuid?.() === 0 ? await ensureProcessUsers(sandbox.engine?.socketPath) : undefined;
    const service = new ScaledOutService(
      folder,
      { postgres, redis, s3 },
      {
        secrets: makeSecrets(),
        databaseUrl: postgres.url,
        queueUrl: redis.url,
        objects: { url: s3.url, environment: s3.environment },
        listen: { api: `127.0.0.1:${await freePort()}`, gateway: `127.0.0.1:${await freePort()}` },
        upstreams: await upstreamVariables(process.env, folder),
        sandbox: sandbox.environment,
        rootfsFolder: rootfs,
        keyFolder: join(folder, 'key'),
        workFolder: join(folder, 'work'),
      },
      users,
      options,
    );
    try {
      await service.#startAll();
      return service;
    } catch (error) {
      await service.remove();
      throw error;
    }
  }

  get url(): string {
    return `http://${this.#settings.listen.api}`;
  }

  get adminToken(): string {
    return this.#settings.secrets.admin;
  }

  get workFolder(): string {
    return this.#settings.workFolder;
  }

  /** Where the attester's key is. */
  get keyFolder(): string {
    return this.#settings.keyFolder;
  }

  /** The user of a process, where each has one. */
  userOf(name: EmbeddedProcess): { readonly uid: number; readonly gid: number } {
    const user = this.#users?.[name];
    if (user === undefined) throw new Error('the processes have no users of their own: run this as root');
    return user;
  }

  /** From now on `name` runs as the user of `other`, who gets its folder; with its own name, as before. */
  async restartAs(name: EmbeddedProcess, other: EmbeddedProcess): Promise<void> {
    await this.#children.get(name)?.stop();
    this.#as.set(name, other);
    const { uid, gid } = this.userOf(other);
    await promisify(execFile)('chown', ['-R', `${uid}:${gid}`, '--', join(this.#settings.workFolder, name)]);
    await this.#start(name);
  }

  /** Where the queue is. `flush` takes all that it holds. */
  readonly redis = {
    flush: async (): Promise<void> => {
      const client = new Redis(this.#servers.redis.url);
      await client.flushall();
      client.disconnect();
    },
    restart: (whileDown?: () => Promise<void>): Promise<void> => this.#servers.redis.restart(whileDown),
  };

  cli(...args: string[]): Promise<CliRun> {
    return runCli(args, {
      XDG_DATA_HOME: this.#folder,
      XDG_STATE_HOME: join(this.#folder, 'state'),
      ASSAY_API_URL: this.url,
      ASSAY_TOKEN: this.adminToken,
    });
  }

  async pidOf(name: string): Promise<number | undefined> {
    return this.#children.get(name as EmbeddedProcess)?.pid();
  }

  restartPostgres(): Promise<void> {
    return this.#servers.postgres.restart();
  }

  async cutOffRegistries(): Promise<void> {
    this.#upstreams = { ASSAY_PYPI_URL: unroutable };
    await Promise.all((['gateway', 'resolve'] as const).map((name) => this.#startAgain(name)));
  }

  async remove(): Promise<void> {
    await Promise.all([...this.#children.values()].map((child) => child.stop()));
    await Promise.all(this.#logs.map((log) => log.close()));
    await Promise.all(Object.values(this.#servers).map((server: TestServer) => server.stop()));
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #startAll(): Promise<void> {
    const { workFolder, keyFolder, rootfsFolder } = this.#settings;
    await mkdir(workFolder, { mode: 0o711 });
    await this.#own(keyFolder, 'attest', 0o700);
    await this.#own(rootfsFolder, 'rebuild', 0o755);
    for (const name of embeddedProcessNames) await this.#own(join(workFolder, name), name, 0o700);
    await this.#start('api');
    await Promise.all(embeddedProcessNames.filter((name) => name !== 'api').map((name) => this.#start(name)));
  }

  async #own(path: string, name: EmbeddedProcess, mode: number): Promise<void> {
    await mkdir(path, { recursive: true, mode });
    const user = this.#users?.[name];
    if (user !== undefined) await chown(path, user.uid, user.gid);
  }

  async #start(name: EmbeddedProcess): Promise<void> {
    const log = await open(join(this.#folder, `${name}.log`), 'a');
    this.#logs.push(log);
    const child = await superviseChild(
      {
        name,
        argv: this.#argv(name),
        cwd: checkout,
        environment: () => ({
          ...scaledOutEnvironment(name, { ...this.#settings, upstreams: this.#upstreams }),
          ...this.#options.environment?.[name],
        }),
        stderr: log.fd,
      },
      () => this.#onceReady.get(name)?.(),
    );
    this.#children.set(name, child);
  }

  async #startAgain(name: EmbeddedProcess): Promise<void> {
    const ready = new Promise<void>((resolve) => this.#onceReady.set(name, resolve));
    await killProcess(this, name);
    await ready;
  }

  #argv(name: EmbeddedProcess): [string, ...string[]] {
    const [program, ...args] = this.#asUser(name);
    const [first = program, ...within] = this.#options.within?.[name] ?? [];
    const command = [...args, process.execPath, embeddedProcesses[name].main];
    return first === program ? [program, ...command] : [first, ...within, program, ...command];
  }

  /** As the container or unit of that process would: its own user, no other's files. */
  #asUser(name: EmbeddedProcess): [string, ...string[]] {
    const user = this.#users?.[this.#as.get(name) ?? name];
    if (user === undefined) return ['setpriv', '--'];
    const groups = user.groups.length === 0 ? '--clear-groups' : `--groups=${user.groups.join(',')}`;
    return ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, groups, '--'];
  }
}
