import { AppError } from '#core/errors/app-error.ts';
import { askEngine, type Docker } from './engine.ts';

/** What the engine says of itself and its host. */
export interface EngineHost {
  /** Such as `runc, Docker Engine 28.2.2`. */
  readonly runtime: string;
  readonly cpus: number;
  /** Limits that it cannot set, in words. */
  readonly unlimited: readonly string[];
}

const runtimeLengthMax = 40;

/** @throws AppError `missing-component` when the engine cannot do what a sandbox needs */
export async function inspectEngineHost(
  docker: Docker,
  runtime: string,
  deadlineMs?: number,
): Promise<EngineHost> {
  const info = (await askEngine('describe itself', docker.info(), deadlineMs)) as {
    ServerVersion: string;
    NCPU: number;
    OSType: string;
    Runtimes?: Record<string, unknown>;
    SecurityOptions?: string[];
    MemoryLimit?: boolean;
    SwapLimit?: boolean;
    PidsLimit?: boolean;
    CpuCfsQuota?: boolean;
  };
  const options = info.SecurityOptions ?? [];
  const missing = (what: string, hint: string): AppError => new AppError('missing-component', what, { hint });
  if (info.Runtimes?.[runtime] === undefined) {
    throw missing(
      `the Docker Engine has no runtime named ${runtime}`,
      `add it to the engine's runtimes, or set ASSAY_DOCKER_RUNTIME to one of ${Object.keys(info.Runtimes ?? {}).join(', ')}`,
    );
  }
  if (!options.some((option) => option.startsWith('name=seccomp'))) {
    throw missing('the Docker Engine was built without seccomp', 'use an engine that has it, or bubblewrap');
  }
  if (options.some((option) => option.startsWith('name=userns'))) {
    throw missing(
      'the Docker Engine remaps users, so that a build could not write its work folder',
      'use an engine without userns-remap, or bubblewrap',
    );
  }
  const limits = {
    memory: info.MemoryLimit,
    swap: info.SwapLimit,
    processes: info.PidsLimit,
    'CPU share': info.CpuCfsQuota,
  };
  return {
    runtime: `${runtime}, Docker Engine ${info.ServerVersion}`.slice(0, runtimeLengthMax),
    cpus: info.NCPU,
    unlimited: Object.entries(limits).flatMap(([name, can]) => (can === true ? [] : [name])),
  };
}
