import type { Fact, FactName } from '#schemas/level.ts';
import type { Canary, CanaryTry, Identity, WorkerPlace } from '#schemas/place.ts';

/** Where the signing process is, as far as it matters who could reach it. */
export interface SignerReach {
  readonly identity: Identity;
  /** What protects the key, in words: part of the evidence. */
  readonly key: string;
  /** Those that are laid out; where one could not be, `unlaid` says why. */
  readonly canaries: readonly Canary[];
  readonly unlaid?: string;
}

/**
 * What the attester concludes from its own place and from what the rebuild worker saw of its place at the attempt:
 * whether what runs builds could get at the signer. That a thing cannot be reached is believed only of a worker that
 * tried; a worker that was taken over could deny it (docs/levels.md).
 */
export function reachFacts(signer: SignerReach, worker: WorkerPlace | undefined): Fact[] {
  if (worker === undefined)
    return (['key-out-of-reach', 'separate-users', 'no-shared-volume', 'no-root-equivalent'] as const).map(
      (name) => measured(name, null, 'the rebuild worker did not say where it ran'),
    );
  const sameHost = worker.identity.host === signer.identity.host;
  return [
    canaryFact('key-out-of-reach', 'key', signer, worker),
    separateUsers(signer.identity, worker.identity, sameHost),
    canaryFact('no-shared-volume', 'scratch', signer, worker),
    rootEquivalent(worker, sameHost),
  ];
}

function canaryFact(name: FactName, place: Canary['place'], signer: SignerReach, worker: WorkerPlace): Fact {
  const laid = signer.canaries.filter((canary) => canary.place === place);
  const tries = worker.canaries.filter(({ id }) => laid.some((canary) => canary.id === id));
  const about = place === 'key' ? `${signer.key}; ` : '';
  const where = place === 'key' ? "beside the key's secret" : "in the signer's scratch folder";
  const reached = tries.find(({ read, write }) => read || write);
  if (reached !== undefined)
    return measured(name, false, `${about}${whoReached(reached)} a canary that lies ${where}`);
  if (laid.length === 0)
    return measured(name, null, `${about}no canary could be laid ${where}: ${signer.unlaid ?? 'unknown'}`);
  const missing = laid.flatMap(({ id }) =>
    (['worker', 'sandbox'] as const).filter(
      (from) => !tries.some((done) => done.id === id && done.from === from),
    ),
  );
  if (missing.length > 0)
    return measured(
      name,
      null,
      `${about}the canary ${where} was not tried by the ${missing.join(' and the ')}`,
    );
  return measured(
    name,
    true,
    `${about}the rebuild worker, and a process in the sandbox, tried to read a canary ${where} and to write beside it: neither could`,
  );
}

function whoReached({ from, read, write }: CanaryTry): string {
  const who = from === 'worker' ? 'the rebuild worker' : 'a process in the sandbox';
  return `${who} could ${[read && 'read', write && 'write beside'].filter((word) => word !== false).join(' and ')}`;
}

function separateUsers(signer: Identity, worker: Identity, sameHost: boolean): Fact {
  const who = `the signer is user ${signer.uid}, the rebuild worker user ${worker.uid}`;
  if (!sameHost) return measured('separate-users', true, `${who}, on another host (another kernel)`);
  if (signer.uid === worker.uid)
    return measured('separate-users', false, `${who}, on the same host: one can read the other's memory`);
  const shared = worker.gids.filter((gid) => signer.gids.includes(gid));
  if (shared.length > 0)
    return measured('separate-users', false, `${who}, on the same host, both of group ${shared.join(', ')}`);
  return measured('separate-users', true, `${who}, of no common group, on the same host`);
}

function rootEquivalent({ rootEquivalent: found }: WorkerPlace, sameHost: boolean): Fact {
  const name = 'no-root-equivalent';
  if (!sameHost) return measured(name, true, 'builds run on another host (another kernel) than the signer');
  if (found.length > 0)
    return measured(
      name,
      false,
      `on the signer's host the rebuild worker is as good as root: ${found.join('; ')}`,
    );
  return measured(
    name,
    true,
    "on the signer's host the rebuild worker is not root, holds no capability of it, and reaches no unrestricted container engine",
  );
}

function measured(name: FactName, value: boolean | null, evidence: string): Fact {
  return { name, value, basis: 'measured', evidence: evidence.slice(0, 500) };
}
