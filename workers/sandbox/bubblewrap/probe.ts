import type { Fact } from '#schemas/level.ts';
import { buildUid } from '../layout.ts';

/** What the inner sandbox said of itself before the first step, run as a step is. */
export interface Confinement {
  readonly noNewPrivileges: boolean;
  readonly seccomp: boolean;
  readonly noCapabilities: boolean;
  readonly onlyLoopback: boolean;
  readonly unprivileged: boolean;
}

/** Reads /proc/self/status (proc_pid_status(5)) followed by the first column of /proc/net/dev. */
export function readProbe(text: string): Confinement {
  const lines = text.split('\n');
  const field = (name: string) =>
    lines
      .find((line) => line.startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim();
  const interfaces = lines.filter((line) => /^ *[a-z0-9.@-]+$/.test(line)).map((line) => line.trim());
  return {
    noNewPrivileges: field('NoNewPrivs') === '1',
    seccomp: field('Seccomp') === '2',
    noCapabilities: ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].every((name) =>
      /^0+$/.test(field(name) ?? ''),
    ),
    onlyLoopback: interfaces.length === 1 && interfaces[0] === 'lo',
    unprivileged:
      field('Uid')
        ?.split(/\s+/)
        .every((uid) => uid === String(buildUid)) === true,
  };
}

export function factsOf(probe: string, profileSha256: string): Fact[] {
  const confinement = readProbe(probe);
  const lacking = Object.entries(confinement).flatMap(([name, holds]) => (holds ? [] : [name]));
  return [
    {
      name: 'isolated',
      value: lacking.length === 0,
      basis: 'measured',
      evidence:
        lacking.length === 0
          ? `asked inside before the first step: loopback only, no capabilities, no new privileges, uid ${buildUid}, seccomp profile sha256:${profileSha256}`
          : `asked inside before the first step; does not hold: ${lacking.join(', ')}`,
    },
    {
      name: 'ephemeral',
      value: true,
      basis: 'measured',
      evidence:
        'a fresh memory file system and fresh namespaces; each step ended with its PID namespace, outputs were read after that',
    },
  ];
}
