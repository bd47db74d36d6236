import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { descendants, type RunningProcess } from './process-tree.ts';
import { checkout, runCli, type CliRun } from './run-cli.ts';
import { killProcess, unroutable, type Service } from './service.ts';

/** `./assay up` on a data folder of its own, as a person would run it. */
export class RunningService implements Service {
  readonly dataHome: string;
  readonly #environment: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #stderr = '';
  url = '';
  adminToken = '';
  /** Process ids by name. Those of restarted processes are read anew from `processOf`. */
  processes: Record<string, number> = {};

  private constructor(dataHome: string, environment: Readonly<Record<string, string>>) {
    this.dataHome = dataHome;
    this.#environment = environment;
  }

  /** `rootfs`: a folder of root file systems to share with other services; by default it has its own, empty. */
  static async start(
    environment: Readonly<Record<string, string>> = {},
    rootfs?: string,
  ): Promise<RunningService> {
    const dataHome = await mkdtemp(join(tmpdir(), 'assay-e2e-'));
    // The service's own users pass through it.
    await chmod(dataHome, 0o711);
    if (rootfs !== undefined) {
      await mkdir(join(dataHome, 'assay'));
      await symlink(rootfs, join(dataHome, 'assay', 'rootfs'));
    }
    const service = new RunningService(dataHome, environment);
    await service.up();
    return service;
  }

  /** Brings the service up (again) on the same data, with `over` on top of its environment. */
  async up(over: Readonly<Record<string, string>> = {}): Promise<void> {
    const env = { ...process.env, CI: 'true', XDG_DATA_HOME: this.dataHome, ...this.#environment, ...over };
    const child = spawn('./assay', ['up'], { cwd: checkout, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      this.#stderr = (this.#stderr + chunk).slice(-20_000);
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const ready = JSON.parse(line) as { listening: string; processes: Record<string, number> };
      this.url = ready.listening;
      this.processes = ready.processes;
      const state = await readFile(join(this.dataHome, 'assay', 'service.json'), 'utf8');
      this.adminToken = (JSON.parse(state) as { adminToken: string }).adminToken;
      return;
    }
    throw new Error(`./assay up ended before it was ready:\n${this.#stderr}`);
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error('the service is not running');
    return this.#child.pid;
  }

  get workFolder(): string {
    return join(this.dataHome, 'assay', 'work');
  }

  async pidOf(name: string): Promise<number | undefined> {
    const tree = await descendants(this.pid);
    return tree.find(({ command }) =>
      command.includes(name === 'postgres' ? '/bin/postgres ' : `/${name}/main.ts`),
    )?.pid;
  }

  /** What runs below the launcher. */
  tree(): Promise<RunningProcess[]> {
    return descendants(this.pid);
  }

  /** The end of what the service printed on stderr. */
  get log(): string {
    return this.#stderr;
  }

  cli(...args: string[]): Promise<CliRun> {
    const state = join(this.dataHome, 'state');
    return runCli(args, { XDG_DATA_HOME: this.dataHome, XDG_STATE_HOME: state, ...this.#environment });
  }

  /** The launcher starts it again. */
  async restartPostgres(): Promise<void> {
    if (!(await killProcess(this, 'postgres'))) throw new Error('PostgreSQL is down already');
  }

  async cutOffRegistries(): Promise<void> {
    await this.down();
    await this.up({ ASSAY_PYPI_URL: unroutable });
  }

  /** Ends the service with `signal` and waits until the launcher is gone. */
  async down(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  async remove(): Promise<void> {
    await this.down();
    await rm(this.dataHome, { recursive: true, force: true });
  }
}
