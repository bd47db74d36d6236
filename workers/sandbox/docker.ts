import { AppError } from '#core/errors/app-error.ts';
import { connectEngine } from './docker/engine.ts';
import { type EngineHost, inspectEngineHost } from './docker/engine-host.ts';
import { ensureImage } from './docker/image.ts';
import { imageFact } from './docker/image-fact.ts';
import { buildMachine } from './layout.ts';
import { attemptNames } from './docker/names.ts';
import { removeLabelled, removeOfWorkers } from './docker/remove-leftovers.ts';
import { runAttempt } from './docker/run-attempt.ts';
import { readProbe } from './probe/confinement.ts';
import { factsOfProbe, ownNamespaces } from './probe/facts.ts';
import type { Sandbox, SandboxResult } from './sandbox.ts';
import { readPinnedProfile } from './seccomp/profile.ts';

export { askUnrestricted } from './docker/ask-unrestricted.ts';

export interface DockerSandboxOptions {
  /** The engine's socket on this host: `unix:///var/run/docker.sock`. */
  readonly host: string;
  /** Name of an OCI runtime that the engine has: `runc`, `runsc`. */
  readonly runtime: string;
  /** The worker's stable name: what bears it and is older than the worker is left over. */
  readonly worker: string;
  /** Whether the worker of that name has ended for good: a sweep removes what it left, too. */
  readonly isGone?: (worker: string) => boolean;
  /** How many CPUs a build may use; all of the engine's host when not given. */
  readonly cpus?: number;
}

const probeMs = 10_000;
/** Its kernel is its own: what it says of namespaces and filters is not the host's. */
const gvisor = 'runsc';

/**
 * Asks the engine what it is and can do.
 * @throws AppError `unavailable` when none answers, `missing-component` when it cannot do what a sandbox needs
 */
export async function probeDocker(
  options: Pick<DockerSandboxOptions, 'host' | 'runtime'>,
): Promise<EngineHost> {
  return inspectEngineHost(connectEngine(options.host), options.runtime, probeMs);
}

/** The sandbox of containers of a Docker Engine, runc's or gVisor's. */
export function createDockerSandbox(options: DockerSandboxOptions): Sandbox {
  const docker = connectEngine(options.host);
  const profile = readPinnedProfile();
  /** One import at a time of one root file system. */
  const imports = new Map<string, Promise<string>>();

  return {
    kind: 'docker',
    async run(spec, events, signal): Promise<SandboxResult> {
      const interrupted = (): void => {
        if (signal.aborted) throw new AppError('interrupted', 'the attempt was interrupted');
      };
      interrupted();
      const host = await inspectEngineHost(docker, options.runtime);
      const { sha256 } = spec.rootfs;
      const importing = imports.get(sha256) ?? ensureImage(docker, spec.rootfs);
      imports.set(sha256, importing);
      const image = await importing.finally(() => imports.delete(sha256));
      interrupted();
      const names = attemptNames(options.worker, spec.id);
      const plan = {
        names,
        image,
        runtime: options.runtime,
        seccompProfile: profile.text,
        cpus: options.cpus ?? host.cpus,
        machine: { ...buildMachine, ...spec.machine },
        limits: spec.limits,
      };
      try {
        const cache = await imageFact(docker, image, spec.rootfs);
        const { probe, ...outcome } = await runAttempt({ docker, plan, spec, events, signal });
        interrupted();
        await removeLabelled(docker, names.labels);
        const inside = readProbe(probe, spec.canaries ?? []);
        const place = {
          outside: await ownNamespaces(),
          profileSha256: profile.sha256,
          gateway: spec.gatewaySocket !== undefined,
          hostKernel: options.runtime !== gvisor,
          fresh:
            'volumes in memory made for this attempt; each step ran in a new container of a read-only image, and all were removed',
        };
        return {
          ...outcome,
          facts: [...factsOfProbe(inside, place), cache],
          canaries: inside.canaries,
          runtime: host.runtime,
          unlimited: host.unlimited,
        };
      } catch (error) {
        // What cannot be removed now is labelled, and goes with the next sweep.
        await removeLabelled(docker, names.labels).catch(() => undefined);
        interrupted();
        throw error;
      }
    },
    sweep: () =>
      removeOfWorkers(docker, (worker) => worker === options.worker || options.isGone?.(worker) === true),
  };
}
