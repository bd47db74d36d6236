import { readlink } from 'node:fs/promises';
import type { Fact, FactName } from '#schemas/level.ts';
import { buildUid } from '../layout.ts';
import { type Confinement, sharedNamespaces } from './confinement.ts';
import { namespaceNames } from './script.ts';

/** What the worker knows of a sandbox beside what was seen inside. */
export interface ProbedPlace {
  /** The worker's own namespaces. */
  readonly outside: Confinement['namespaces'];
  readonly profileSha256: string;
  /** Whether a socket is forwarded to the attempt's gateway session. */
  readonly gateway: boolean;
  /** Whether system calls go to the host's kernel; gVisor's own kernel shows no seccomp filter and no namespaces. */
  readonly hostKernel: boolean;
  /** What makes each attempt's place new, in words: evidence. */
  readonly fresh: string;
}

/** The three facts that a probe inside, before the first step, decides. Pure. */
export function factsOfProbe(inside: Confinement, place: ProbedPlace): Fact[] {
  const shared = place.hostKernel ? sharedNamespaces(inside.namespaces, place.outside) : [];
  return [isolated(inside, place, shared), ephemeral(inside, place), network(inside, place, shared)];
}

function isolated(inside: Confinement, place: ProbedPlace, shared: readonly string[]): Fact {
  const asked = {
    'no new privileges': !place.hostKernel || inside.noNewPrivileges,
    'a seccomp filter': !place.hostKernel || inside.seccomp,
    'no capabilities': inside.noCapabilities,
    'an unprivileged user': inside.unprivileged,
  };
  const lacking = [
    ...Object.entries(asked).flatMap(([name, holds]) => (holds ? [] : [name])),
    ...shared.map((name) => `a ${name} namespace of its own`),
  ];
  if (lacking.length > 0)
    return measured(
      'isolated',
      false,
      `asked inside before the first step; not found: ${lacking.join(', ')}`,
    );
  const kernel = place.hostKernel
    ? `no new privileges, seccomp profile sha256:${place.profileSha256}, own ${namespaceNames.join(', ')} namespaces`
    : 'a kernel of its own (gVisor)';
  return measured(
    'isolated',
    true,
    `asked inside before the first step: uid ${buildUid}, no capabilities, ${kernel}`,
  );
}

function ephemeral(inside: Confinement, place: ProbedPlace): Fact {
  if (inside.left === undefined)
    return measured('ephemeral', null, 'what lay in the folders of the build could not be asked');
  const left = Object.entries(inside.left).filter(([, count]) => count > 0);
  if (left.length > 0)
    return measured(
      'ephemeral',
      false,
      `asked inside before the first step: something of an earlier use was there (${left.map(([folder, count]) => `${count} in ${folder}`).join(', ')})`,
    );
  return measured(
    'ephemeral',
    true,
    `asked inside before the first step: /work, /tmp and /dev/shm were empty; ${place.fresh}`,
  );
}

function network(inside: Confinement, place: ProbedPlace, shared: readonly string[]): Fact {
  const { interfaces } = inside;
  if (interfaces === undefined || interfaces.length === 0)
    return measured('network-recorded', null, 'the network interfaces inside could not be asked');
  const others = interfaces.filter((name) => name !== 'lo');
  if (others.length > 0 || shared.includes('net'))
    return measured(
      'network-recorded',
      false,
      `asked inside before the first step: ${others.length > 0 ? `interfaces ${others.join(', ').slice(0, 200)}` : "the host's own network"}, which the recipe does not declare and nobody records`,
    );
  const forwarded = place.gateway
    ? "its one way out is a socket to the attempt's own gateway session, which records what it serves before it serves it"
    : 'nothing is forwarded';
  return measured(
    'network-recorded',
    true,
    `asked inside before the first step: loopback only, of a namespace of its own; ${forwarded}`,
  );
}

function measured(name: FactName, value: boolean | null, evidence: string): Fact {
  return { name, value, basis: 'measured', evidence: evidence.slice(0, 500) };
}

/** This process's own namespaces. */
export async function ownNamespaces(): Promise<Confinement['namespaces']> {
  const found = await Promise.all(
    namespaceNames.map(async (name) => [name, await readlink(`/proc/self/ns/${name}`)] as const),
  );
  return Object.fromEntries(found);
}
