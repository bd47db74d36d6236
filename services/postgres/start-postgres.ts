import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { AppError } from '#core/errors/app-error.ts';
import { findBinaries, type PostgresBinaries } from './binaries.ts';
import {
  clearStaleServer,
  ensureCluster,
  prepareDataDir,
  serverEnvironment,
  type ClusterPaths,
} from './cluster.ts';
import { freePort } from './free-port.ts';
import { readPasswords, type PostgresRole } from './passwords.ts';
import { assayDatabase, ensureRoles } from './roles.ts';
import { assertReachable, asUser, ensureSystemUser, setprivMissing, type SystemUser } from './system-user.ts';

export interface StartPostgresOptions {
  /** Made where absent; set to 0711 so that the server's user can pass. Its parents must be passable too. */
  readonly dataDir: string;
  /** Who runs the server when we are root. Default: the system user `assay-postgres`, made where absent. */
  readonly user?: SystemUser;
  /** On 127.0.0.1. Default: a free one. */
  readonly port?: number;
  /** Further settings of the server, such as `fsync: 'off'` for a test. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Each line that the server logs. */
  readonly onLine?: (line: string) => void;
}

export interface RunningPostgres {
  readonly port: number;
  readonly pid: number;
  /** `postgres://` URL with the role's password. Default database: `assay`. */
  url(role: PostgresRole, database?: string): string;
  /** Resolves when the server has ended, for whatever reason. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Fast shutdown: ends sessions, writes a checkpoint, resolves when the process is gone. May be called again. */
  stop(): Promise<void>;
}

type ServerProcess = ChildProcessByStdio<null, null, Readable>;

/** A small footprint: some 30 MB of private memory at rest. */
const smallSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '64MB',
  max_connections: '100',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '256MB',
  max_worker_processes: '2',
  max_parallel_workers_per_gather: '0',
  io_method: 'sync',
  jit: 'off',
  lc_messages: 'C',
  timezone: 'UTC',
  log_timezone: 'UTC',
} as const;

/**
 * Starts the embedded PostgreSQL as our child on loopback, with a cluster made on first use, the database `assay` and
 * the roles `assay_api` (schema `assay`) and `assay_queue` (schema `bullmq`). It ends when we do, SIGKILL included.
 * @throws AppError `missing-component`, `usage` (folder out of reach), `conflict` (folder in use), `unavailable`
 */
export async function startPostgres(options: StartPostgresOptions): Promise<RunningPostgres> {
  const user =
    process.getuid?.() === 0 ? (options.user ?? (await ensureSystemUser('assay-postgres'))) : undefined;
  const paths = await prepareDataDir(options.dataDir);
  await assertReachable(user, paths.dataDir);
  const binaries = await findBinaries(user, paths.dataDir);
  const passwords = await readPasswords(paths.dataDir);
  await ensureCluster(paths, binaries, user, passwords.postgres);
  await clearStaleServer(paths.pgdata, 10_000);
  const { child, port } = await launch(paths, binaries, user, options);
  const exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  const url = (role: PostgresRole, database: string = assayDatabase): string =>
    `postgres://${role}:${passwords[role]}@127.0.0.1:${port}/${database}`;
  const stop = () => stopServer(child);
  try {
    await ensureRoles((database) => url('postgres', database), passwords);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, pid: child.pid as number, url, exited, stop };
}

/** A free port can be taken by another process before the server binds it: then the next is tried. */
async function launch(
  paths: ClusterPaths,
  binaries: PostgresBinaries,
  user: SystemUser | undefined,
  options: StartPostgresOptions,
): Promise<{ child: ServerProcess; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    const settings = { ...smallSettings, hba_file: paths.hba, port: String(port), ...options.settings };
    const [program, ...prefix] = asUser(user, 'INT');
    const configuration = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(program, [...prefix, binaries.postgres, '-D', paths.pgdata, ...configuration], {
      cwd: paths.dataDir,
      env: serverEnvironment,
      stdio: ['ignore', 'ignore', 'pipe'],
      // A process group of its own: Ctrl-C reaches us alone, and we end the server last.
      detached: true,
    });
    const failure = await untilReady(child, options.onLine);
    if (failure === undefined) return { child, port };
    const portTaken = failure.includes('could not bind');
    if (options.port === undefined && portTaken && attempt < 5) continue;
    const lockTaken = failure.includes('lock file "postmaster.pid" already exists');
    throw new AppError(lockTaken ? 'conflict' : 'unavailable', `PostgreSQL did not start: ${failure}`, {
      ...(portTaken && { hint: `port ${port} is taken: choose another` }),
    });
  }
}

/** Undefined when the server accepts connections; its last words when it ended instead. */
async function untilReady(
  child: ServerProcess,
  onLine?: (line: string) => void,
): Promise<string | undefined> {
  const lastLines: string[] = [];
  const lines = createInterface({ input: child.stderr });
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      onLine?.(line);
      if (line.includes('database system is ready to accept connections')) resolve(undefined);
      if (lastLines.push(line) > 20) lastLines.shift();
    });
    child.once('error', (error) => reject(setprivMissing(error)));
    child.once('close', () => resolve(lastLines.join('\n')));
  });
}

/** SIGINT is a fast shutdown, SIGQUIT an immediate one (server-shutdown.html); either leaves a sound cluster. */
async function stopServer(child: ServerProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGINT');
  const timers = [
    setTimeout(() => child.kill('SIGQUIT'), 20_000),
    setTimeout(() => child.kill('SIGKILL'), 30_000),
  ];
  await gone;
  for (const timer of timers) clearTimeout(timer);
}
