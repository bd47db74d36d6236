import { createHash } from 'node:crypto';
import type { Canary, CanaryTry } from '#schemas/place.ts';
import { buildUid } from '../layout.ts';
import { namespaceNames } from './script.ts';

/** What a process inside a sandbox said of itself before the first step, run as a step is. */
export interface Confinement {
  readonly noNewPrivileges: boolean;
  readonly seccomp: boolean;
  readonly noCapabilities: boolean;
  readonly unprivileged: boolean;
  /** Names of its network interfaces; undefined where they could not be read. */
  readonly interfaces: readonly string[] | undefined;
  /** By name, such as `net:[4026531840]`; absent where it could not be read. */
  readonly namespaces: Readonly<Record<string, string>>;
  /** What lay in the folders that a build can write to, by folder; undefined where they could not be looked at. */
  readonly left: Readonly<Record<string, number>> | undefined;
  readonly canaries: readonly CanaryTry[];
}

/** Reads what the script of script.ts printed. Whatever is missing or strange is as bad as it can be. Pure. */
export function readProbe(text: string, tried: readonly Canary[]): Confinement {
  const [status = '', ...rest] = text.split(/^== /m);
  const section = (name: string) =>
    rest
      .find((part) => part.startsWith(`${name}\n`))
      ?.split('\n')
      .slice(1)
      .filter((line) => line !== '');
  const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.*)$`, 'm').exec(status)?.[1]?.trim();
  return {
    noNewPrivileges: field('NoNewPrivs') === '1',
    seccomp: field('Seccomp') === '2',
    noCapabilities: ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].every((name) =>
      /^0+$/.test(field(name) ?? ''),
    ),
    unprivileged:
      field('Uid')
        ?.split(/\s+/)
        .every((uid) => uid === String(buildUid)) === true,
    interfaces: section('interfaces')
      ?.map((line) => line.trim())
      .filter((line) => /^[A-Za-z0-9.@_-]{1,15}$/.test(line)),
    namespaces: Object.fromEntries(
      (section('namespaces') ?? []).flatMap((line) => {
        const [, name, id] = /^([a-z]+) ([a-z]+:\[\d+\])$/.exec(line) ?? [];
        return name === undefined || id === undefined ? [] : [[name, id]];
      }),
    ),
    left: readLeft(section('left')),
    canaries: readTries(section('canaries'), tried),
  };
}

function readLeft(lines: readonly string[] | undefined): Confinement['left'] {
  const counts = (lines ?? []).map((line) => /^(\/[a-z/]+) +(\d{1,4})$/.exec(line));
  return counts.length === 3 && counts.every((count) => count !== null)
    ? Object.fromEntries(counts.map(([, folder, count]) => [folder, Number(count)]))
    : undefined;
}

/** One line for each canary, or none is believed to have been tried. */
function readTries(lines: readonly string[] | undefined, tried: readonly Canary[]): CanaryTry[] {
  const results = (lines ?? []).map((line) => /^([0-9a-f]{1,64}|none) (yes|no)$/.exec(line));
  if (results.length !== tried.length) return [];
  return tried.flatMap(({ id }, index) => {
    const [, nonce, write] = results[index] ?? [];
    if (nonce === undefined) return [];
    const read = nonce !== 'none' && createHash('sha256').update(nonce).digest('hex') === id;
    return [{ id, from: 'sandbox' as const, read, write: write === 'yes' }];
  });
}

/** Which of its namespaces a process shares with `outside`, or does not tell. */
export function sharedNamespaces(
  inside: Confinement['namespaces'],
  outside: Confinement['namespaces'],
): string[] {
  return namespaceNames.filter((name) => inside[name] === undefined || inside[name] === outside[name]);
}
