import type { Step } from '#schemas/recipe.ts';
import {
  assayFolder,
  baseVariables,
  buildMachine,
  gatewaySocketInSandbox,
  type Machine,
  workFolder,
} from '../layout.ts';
import { probeCommand } from '../probe/script.ts';
import type { SandboxSpec } from '../sandbox.ts';
import { diskFolder, filterDescriptor, filterFile, givenFolder, supervisorScript } from './supervisor.ts';

/** Limits of each process, for what no cgroup limits as a whole. */
export interface ProcessLimits {
  readonly cpuSeconds: number;
  /** Address space of one process; absent where a cgroup limits the memory of all together. */
  readonly addressSpaceBytes?: number;
  /** Processes in the attempt's user namespace; absent where a cgroup limits them. */
  readonly processes?: number;
}

/** prlimit(1) before a command; hard and soft limits are the same. */
function limited(limits: ProcessLimits): string[] {
  return [
    'prlimit',
    '--core=0:0',
    `--cpu=${limits.cpuSeconds}:${limits.cpuSeconds + 1}`,
    ...(limits.addressSpaceBytes === undefined
      ? []
      : [`--as=${limits.addressSpaceBytes}:${limits.addressSpaceBytes}`]),
    ...(limits.processes === undefined ? [] : [`--nproc=${limits.processes}:${limits.processes}`]),
    '--',
  ];
}

/** Zeros for random bytes, and for random UUIDs one that stays until the host is started again. */
const fixedRandomness = [
  ['--dev-bind', '/dev/zero', '/dev/random', '--dev-bind', '/dev/zero', '/dev/urandom'],
  ['--ro-bind', '/proc/sys/kernel/random/boot_id', '/proc/sys/kernel/random/uuid'],
].flat();

/** The inner sandbox around one command of the build: it shares only the empty network and the work folder. */
function inner(
  { limits, machine }: { readonly limits: ProcessLimits; readonly machine: Machine },
  variables: Readonly<Record<string, string>>,
  cwd: string,
  argv: readonly string[],
): string[] {
  return [
    limited(limits),
    ['bwrap', '--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
    ['--die-with-parent', '--new-session', '--cap-drop', 'ALL', '--disable-userns'],
    ['--hostname', machine.hostname],
    ['--ro-bind', '/', '/', '--proc', '/proc'],
    ['--dev', '/dev', '--bind', `${diskFolder}/shm`, '/dev/shm'],
    machine.fixedRandomness === true ? fixedRandomness : [],
    ['--remount-ro', '/dev'],
    ['--bind', `${diskFolder}/work`, workFolder, '--bind', `${diskFolder}/tmp`, '/tmp'],
    ['--tmpfs', '/run', '--remount-ro', '/run'],
    ['--seccomp', String(filterDescriptor)],
    ['--chdir', cwd, '--clearenv'],
    Object.entries(variables).flatMap(([name, value]) => ['--setenv', name, value]),
    ['--', ...argv],
  ].flat();
}

export function stepCommand(
  step: Step,
  variables: Readonly<Record<string, string>>,
  host: { readonly limits: ProcessLimits; readonly machine: Machine },
): string[] {
  const cwd = step.cwd === undefined ? workFolder : `${workFolder}/${step.cwd}`;
  return inner(host, { ...baseVariables, ...variables, ...step.variables }, cwd, step.run);
}

/** Arguments of the whole attempt after the name of bwrap: the outer sandbox, which holds the supervisor. */
export function outerArguments(
  spec: SandboxSpec,
  host: { readonly filterFile: string; readonly limits: ProcessLimits },
): string[] {
  const counted = (argv: string[]) => [String(argv.length), ...argv];
  const path = baseVariables['PATH'] ?? '';
  const machine = { ...buildMachine, ...spec.machine };
  const within = { limits: host.limits, machine };
  return [
    ['--unshare-all', '--die-with-parent', '--new-session', '--hostname', machine.hostname],
    ['--uid', String(machine.uid), '--gid', String(machine.gid)],
    ['--ro-bind', spec.rootfs.folder, '/', '--dev', '/dev', '--remount-ro', '/dev', '--proc', '/proc'],
    ['--size', String(1024 ** 2), '--perms', '0755', '--tmpfs', '/run', '--dir', assayFolder],
    ['--size', String(spec.limits.diskBytes), '--perms', '0755', '--tmpfs', diskFolder],
    ['--ro-bind', spec.inputs, givenFolder, '--ro-bind', host.filterFile, filterFile],
    spec.gatewaySocket === undefined ? [] : ['--ro-bind', spec.gatewaySocket, gatewaySocketInSandbox],
    ['--chdir', '/', '--clearenv', '--setenv', 'PATH', path, '--setenv', 'LC_ALL', 'C'],
    ['--', '/bin/sh', '-c', supervisorScript, 'assay-supervisor'],
    counted(inner(within, baseVariables, workFolder, probeCommand(spec.canaries ?? []))),
    spec.steps.flatMap((step) => ['step', ...counted(stepCommand(step, spec.variables, within))]),
    ['outputs', ...spec.outputs],
  ].flat();
}
