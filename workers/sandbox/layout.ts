import { gatewayUrlInSandbox } from '#schemas/gateway.ts';

/** The one writable place of a build; its size is `limits.diskBytes`. */
export const workFolder = '/work';

/** Where the inputs are copied before the first step. */
export const inputsFolder = '/work/in';

/** Part of every root file system; holds what the sandbox itself needs, never what a build made. */
export const assayFolder = '/run/assay';

/** Where the attempt's gateway socket is bound; `socat` forwards 127.0.0.1:8765 to it. */
export const gatewaySocketInSandbox = '/run/assay/gateway.sock';

export const gatewayPortInSandbox = Number(new URL(gatewayUrlInSandbox).port);

/** Who a build is inside its sandbox, whatever the sandbox. */
export const buildUid = 1000;
export const buildGid = 1000;

/** Name of the machine inside. */
export const buildHostname = 'build';

/** Who and where a build is for the kernel. What it is called in the environment is a matter of variables. */
export interface Machine {
  readonly hostname: string;
  readonly uid: number;
  readonly gid: number;
  /** The same random bytes and UUIDs of the kernel each time, as far as files tell them. Docker Engine does not do it. */
  readonly fixedRandomness?: boolean;
}

/** Every rebuild's; others are for experiments only. */
export const buildMachine: Machine = { hostname: buildHostname, uid: buildUid, gid: buildGid };

/** What every step finds in its environment; the recipe's variables and then the step's own come over it. */
export const baseVariables: Readonly<Record<string, string>> = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/work/home',
  TMPDIR: '/tmp',
  USER: 'build',
  LOGNAME: 'build',
  LANG: 'C.UTF-8',
  LC_ALL: 'C.UTF-8',
  TZ: 'UTC',
};
