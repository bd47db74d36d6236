import type { ContainerCreateOptions } from 'dockerode';
import type { Limits } from '#schemas/recipe.ts';
import { gatewaySocketInSandbox, type Machine, workFolder } from '../layout.ts';
import type { AttemptNames } from './names.ts';
import { reportFolder, stepScript } from './step-script.ts';

const mebibyte = 1024 ** 2;
const handoverMemoryBytes = 256 * mebibyte;
const handoverProcesses = 64;
/** Forwarding the gateway takes a process, and one for each connection; the supervisor is one more. */
const supervisorProcesses = 34;
/** Below every engine's own bound; without one a build could have a billion, which makes some programs crawl. */
const openFilesMax = 4096;

/** What all containers of one attempt have in common. */
export interface AttemptPlan {
  readonly names: AttemptNames;
  /** Id of the image, not a tag: nobody can put another under it. */
  readonly image: string;
  readonly runtime: string;
  readonly seccompProfile: string;
  readonly cpus: number;
  readonly machine: Machine;
  readonly limits: Limits;
}

/** The most that the files of /work and /tmp take together: they lie in memory. */
export function diskBytesTotal(limits: Limits): number {
  return limits.diskBytes + tmpBytes(limits);
}

/** Size of /tmp: as /work, but at most 1 GiB. */
export function tmpBytes(limits: Limits): number {
  return Math.min(limits.diskBytes, 1024 * mebibyte);
}

/** The pids limit of a step's container. */
export function processesMax(limits: Limits): number {
  return limits.processes + supervisorProcesses;
}

interface Bounds {
  readonly memoryBytes: number;
  readonly processes: number;
  readonly cpuSeconds: number;
}

function confined(plan: AttemptPlan, bounds: Bounds): ContainerCreateOptions {
  const { volumes } = plan.names;
  return {
    Image: plan.image,
    Hostname: plan.machine.hostname,
    User: `${plan.machine.uid}:${plan.machine.gid}`,
    WorkingDir: '/',
    AttachStdin: false,
    OpenStdin: false,
    Tty: false,
    NetworkDisabled: true,
    Labels: { ...plan.names.labels },
    HostConfig: {
      Runtime: plan.runtime,
      NetworkMode: 'none',
      // Without these the engine would show the build the host's own name servers.
      Dns: ['127.0.0.1'],
      DnsSearch: ['.'],
      DnsOptions: [],
      IpcMode: 'private',
      Privileged: false,
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges', `seccomp=${plan.seccompProfile}`],
      PidsLimit: bounds.processes,
      Memory: bounds.memoryBytes,
      MemorySwap: bounds.memoryBytes,
      NanoCpus: Math.round(plan.cpus * 1e9),
      Ulimits: [
        { Name: 'cpu', Soft: bounds.cpuSeconds, Hard: bounds.cpuSeconds + 1 },
        { Name: 'core', Soft: 0, Hard: 0 },
        { Name: 'nofile', Soft: openFilesMax, Hard: openFilesMax },
      ],
      ShmSize: 64 * mebibyte,
      LogConfig: { Type: 'none', Config: {} },
      RestartPolicy: { Name: 'no' },
      Mounts: [
        { Type: 'volume', Source: volumes.work, Target: workFolder, VolumeOptions: noCopy },
        { Type: 'volume', Source: volumes.tmp, Target: '/tmp', VolumeOptions: noCopy },
        { Type: 'volume', Source: volumes.report, Target: reportFolder, VolumeOptions: noCopy },
      ],
    },
  };
}

/** Else the engine would copy what the image has under the mount point. */
const noCopy = { NoCopy: true, Labels: {}, DriverConfig: { Name: 'local', Options: {} } };

/**
 * The container that has the volumes before the first step and after the last: no process of the build ever runs in it.
 * What it writes to the volumes (the inputs) counts as its memory.
 */
export function handoverContainer(plan: AttemptPlan): ContainerCreateOptions {
  return {
    name: plan.names.handover,
    ...confined(plan, {
      memoryBytes: handoverMemoryBytes + diskBytesTotal(plan.limits),
      processes: handoverProcesses,
      cpuSeconds: plan.limits.cpuSeconds,
    }),
    Env: ['PATH=/usr/bin:/bin'],
    Cmd: ['sleep', 'infinity'],
  };
}

/** The container that says of itself how it is confined: as a step's, and gone before the first. */
export function probeContainer(plan: AttemptPlan, argv: readonly string[]): ContainerCreateOptions {
  const [program = '', ...rest] = argv;
  return {
    name: plan.names.probe,
    ...confined(plan, {
      memoryBytes: handoverMemoryBytes,
      processes: handoverProcesses,
      cpuSeconds: plan.limits.cpuSeconds,
    }),
    Env: ['PATH=/usr/bin:/bin'],
    Entrypoint: [program],
    Cmd: rest,
  };
}

export interface StepPlan {
  readonly index: number;
  readonly argv: readonly string[];
  /** Below the work folder; '.' is itself. */
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Host path of the gateway's socket. */
  readonly gatewaySocket: string | undefined;
}

/**
 * The container of one step. Files in /work and /tmp count as memory of who writes them, so their bounds are added to
 * the memory limit: a build may use its memory and fill its disk at once (docs/decisions/0003).
 */
export function stepContainer(plan: AttemptPlan, step: StepPlan): ContainerCreateOptions {
  const options = confined(plan, {
    memoryBytes: plan.limits.memoryBytes + diskBytesTotal(plan.limits),
    processes: processesMax(plan.limits),
    cpuSeconds: plan.limits.cpuSeconds,
  });
  const hidden = ['HOSTNAME', 'OLDPWD'].filter((name) => !(name in step.variables));
  const forward = step.gatewaySocket !== undefined;
  if (step.gatewaySocket !== undefined) {
    options.HostConfig?.Mounts?.push({
      Type: 'bind',
      Source: step.gatewaySocket,
      Target: gatewaySocketInSandbox,
      ReadOnly: true,
    });
  }
  return {
    name: plan.names.step(step.index),
    ...options,
    Env: Object.entries(step.variables).map(([name, value]) => `${name}=${value}`),
    Entrypoint: ['/bin/sh', '-c', stepScript, 'step'],
    Cmd: [step.folder, forward ? 'yes' : 'no', hidden.join(' '), ...step.argv],
  };
}
