import { rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#core/errors/app-error.ts';
import { canReach } from '#services/postgres/system-user.ts';
import { delegateCgroups, type DelegatedCgroups } from '#workers/sandbox/cgroup/delegate.ts';
import { superviseChild, type SupervisedChild } from './child.ts';
import { dataFolder, type DataFolder } from './data-folder.ts';
import { processEnvironment, type ServiceSettings } from './environment.ts';
import { installationId, makeFolders, makeRoot } from './folders.ts';
import { lastWords, openLog } from './logs.ts';
import { keepPostgres, type KeptPostgres } from './postgres-keeper.ts';
import { embeddedProcesses, type EmbeddedProcess } from './processes.ts';
import { makeSecrets } from './secrets.ts';
import { upstreamVariables } from './upstreams.ts';
import { ensureProcessUsers, type ProcessUser, type ProcessUsers } from './users.ts';

export interface EmbeddedOptions {
  /** The data folder, made where absent. */
  readonly root: string;
  /** Host path for scratch, where the data folder's own is not the host's (see cli/placement.ts). */
  readonly scratch?: string;
  /** The checkout. */
  readonly code: string;
  /** The api's port on 127.0.0.1; default: a free one. */
  readonly port?: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether each process runs as a system user of its own: only root can. */
  readonly separateUsers: boolean;
  /** Where the processes log: to files in the data folder, or to our own stderr. */
  readonly logTo: 'files' | 'stderr';
  onProgress(text: string): void;
}

export interface EmbeddedService {
  readonly url: string;
  readonly adminToken: string;
  readonly folder: DataFolder;
  /** Process ids by name, PostgreSQL's included. */
  processes(): Record<string, number | undefined>;
  /** Ends everything in order; resolves when no process of it is left. */
  stop(): Promise<void>;
}

/**
 * Brings the whole service up on loopback: PostgreSQL, then api and gateway, then the workers, each a process of its
 * own. @throws AppError `unavailable`, `missing-component`, `usage`
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedService> {
  const root = await makeRoot(options.root, options.separateUsers);
  const folder = dataFolder(root, options.scratch);
  const users = options.separateUsers
    ? await ensureProcessUsers(engineSocket(options.environment))
    : undefined;
  await makeFolders(folder, users);
  if (users !== undefined) await assertReachable(users, options.code, root);
  const started = new Started(options, folder, users);
  try {
    return await started.all();
  } catch (error) {
    await started.stop();
    throw error;
  }
}

/** What has been started so far, so that a start that fails half-way ends what it began. */
class Started {
  readonly #options: EmbeddedOptions;
  readonly #folder: DataFolder;
  readonly #users: ProcessUsers | undefined;
  readonly #children: SupervisedChild[] = [];
  readonly #logs: FileHandle[] = [];
  #postgres: KeptPostgres | undefined;
  #cgroups: DelegatedCgroups | undefined;
  readonly #listen = { api: '127.0.0.1:0', gateway: '127.0.0.1:0' };
  readonly #urls = { api: '', gateway: '' };

  constructor(options: EmbeddedOptions, folder: DataFolder, users: ProcessUsers | undefined) {
    this.#options = options;
    this.#folder = folder;
    this.#users = users;
    if (options.port !== undefined) this.#listen.api = `127.0.0.1:${options.port}`;
  }

  async all(): Promise<EmbeddedService> {
    const { onProgress } = this.#options;
    onProgress('starting PostgreSQL');
    const log = await this.#log('postgres');
    const root = this.#folder.root;
    const upstreams = upstreamVariables(this.#options.environment, root);
    const postgres = await keepPostgres({
      dataDir: this.#folder.postgres,
      onLine: (line) => void (typeof log === 'object' && log.write(`${line}\n`).catch(() => undefined)),
    });
    this.#postgres = postgres;
    const rebuildUser = this.#users?.rebuild;
    const id = await installationId(root);
    if (rebuildUser !== undefined) {
      this.#cgroups = await delegateCgroups(`assay-${id.slice(0, 8)}`, rebuildUser.uid, rebuildUser.gid);
    }
    const secrets = makeSecrets();
    const reached = await upstreams;
    const settings = (): ServiceSettings => ({
      folder: this.#folder,
      secrets,
      databaseUrl: postgres.server.url('assay_api'),
      queueUrl: postgres.server.url('assay_queue'),
      listen: this.#listen,
      apiUrl: this.#urls.api,
      gatewayUrl: this.#urls.gateway,
      builderId:
        this.#options.environment['ASSAY_BUILDER_ID'] ?? `https://assay.dev/builders/workstation/${id}`,
      separateUsers: this.#users !== undefined,
      upstreams: reached,
      cgroups: this.#cgroups?.setting ?? '',
      outside: this.#options.environment,
    });
    onProgress('starting the api');
    await this.#start('api', settings);
    onProgress('starting the gateway and the workers');
    // All have either started or failed before anything is stopped: none may appear after that.
    const starts = await Promise.allSettled([
      this.#start('gateway', settings).then(() => this.#start('rebuild', settings)),
      this.#start('resolve', settings),
      this.#start('compare', settings),
      this.#start('attest', settings),
    ]);
    const failed = starts.find((start) => start.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return {
      url: this.#urls.api,
      adminToken: secrets.admin,
      folder: this.#folder,
      processes: () => ({
        postgres: postgres.pid(),
        ...Object.fromEntries(this.#children.map((child) => [child.name, child.pid()])),
      }),
      stop: () => this.stop(),
    };
  }

  /** Workers first, so that they can still report; then what they talk to; the truth last. */
  async stop(): Promise<void> {
    const servers = this.#children.filter(({ name }) => name === 'api' || name === 'gateway');
    const workers = this.#children.filter((child) => !servers.includes(child));
    await Promise.all(workers.map((child) => child.stop()));
    await Promise.all(servers.map((child) => child.stop()));
    await this.#postgres?.stop();
    await this.#cgroups?.remove();
    // Scratch outside the data folder would outlive it.
    if (this.#options.scratch !== undefined)
      await rm(this.#options.scratch, { recursive: true, force: true });
    await Promise.all(this.#logs.splice(0).map((log) => log.close()));
  }

  async #start(name: EmbeddedProcess, settings: () => ServiceSettings): Promise<void> {
    const log = await this.#log(name);
    const child = await superviseChild(
      {
        name,
        argv: [
          ...asProcessUser(this.#users?.[name]),
          process.execPath,
          join(this.#options.code, embeddedProcesses[name].main),
        ],
        cwd: join(this.#folder.scratch, name),
        environment: () => processEnvironment(name, settings()),
        stderr: typeof log === 'object' ? log.fd : 'inherit',
        lastWords: () => lastWords(this.#folder.logs, name),
      },
      ({ listening }, pid) => {
        if (name === 'rebuild') void this.#cgroups?.adopt(pid).catch(() => undefined);
        if (listening !== undefined && (name === 'api' || name === 'gateway'))
          this.#keepPort(name, listening);
      },
    );
    this.#children.push(child);
  }

  /** A server that is started again listens where it did before. */
  #keepPort(name: 'api' | 'gateway', listening: string): void {
    this.#urls[name] = listening.replace(/\/+$/, '');
    this.#listen[name] = new URL(listening).host;
  }

  async #log(name: string): Promise<FileHandle | 'inherit'> {
    if (this.#options.logTo === 'stderr') return 'inherit';
    const log = await openLog(this.#folder.logs, name);
    this.#logs.push(log);
    return log;
  }
}

/**
 * setpriv(1): the process gets its user, and SIGTERM from the kernel when we die. Not --no-new-privs: newuidmap, by
 * which mmdebstrap makes root file systems, is set-uid.
 */
function asProcessUser(user: ProcessUser | undefined): [string, ...string[]] {
  if (user === undefined) return ['setpriv', '--pdeathsig=TERM', '--'];
  const groups = user.groups.length === 0 ? '--clear-groups' : `--groups=${user.groups.join(',')}`;
  return ['setpriv', '--pdeathsig=TERM', `--reuid=${user.uid}`, `--regid=${user.gid}`, groups, '--'];
}

/** The Docker Engine's socket, unless bubblewrap was chosen. */
function engineSocket(environment: EmbeddedOptions['environment']): string | undefined {
  if (environment['ASSAY_SANDBOX'] === 'bubblewrap') return undefined;
  const host = environment['ASSAY_DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';
  return host.startsWith('unix://') ? host.slice('unix://'.length) : undefined;
}

async function assertReachable(users: ProcessUsers, ...paths: string[]): Promise<void> {
  for (const path of [process.execPath, ...paths]) {
    if (await canReach(users.api, path)) continue;
    throw new AppError('usage', `the system users of the processes cannot reach ${path}`, {
      hint: 'start it by ./assay, which makes its folders reachable, or run `chmod o+x` on the folders above it',
    });
  }
}
