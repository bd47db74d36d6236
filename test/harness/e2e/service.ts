import type { DockerEngine } from '#test/harness/servers/docker-engine.ts';
import type { CliRun } from './run-cli.ts';

/** A whole service that runs, wherever its processes and servers are: what the end-to-end suites ask of it. */
export interface Service {
  readonly url: string;
  readonly adminToken: string;
  /** Scratch of the processes, one folder each. */
  readonly workFolder: string;
  /** `./assay …` against this service. */
  cli(...args: string[]): Promise<CliRun>;
  /** The process of that name as it runs now: it may have been started again. Undefined while it is down. */
  pidOf(name: string): Promise<number | undefined>;
  /** Kills PostgreSQL with -9; it comes back on the same data. */
  restartPostgres(): Promise<void>;
  /** From now on no registry can be reached; all else is as before. */
  cutOffRegistries(): Promise<void>;
  /** Ends all of it and removes its data. */
  remove(): Promise<void>;
}

/** What builds run in. */
export interface ChosenSandbox {
  readonly kind: 'bubblewrap' | 'docker';
  /** For the process that runs builds. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where builds are containers. */
  readonly engine?: DockerEngine;
  stop(): Promise<void>;
}

/** Kills the process of that name with -9. False where it was down already. */
export async function killProcess(service: Service, name: string): Promise<boolean> {
  const pid = await service.pidOf(name);
  if (pid === undefined) return false;
  process.kill(pid, 'SIGKILL');
  return true;
}

/** Where a registry could be, and nothing listens. */
export const unroutable = 'http://127.0.0.1:9/simple';
