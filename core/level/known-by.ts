import type { Fact, FactName } from '#schemas/level.ts';

/** Who stated a fact: the control plane (with what its operator declared), the worker that ran the build, the signer. */
export type FactSource = 'control-plane' | 'rebuild-worker' | 'attester';

/**
 * Who is in a position to know that a fact is true. What runs foreign code must not be able to raise the level by
 * saying that the place is hosted or that the key is out of its own reach.
 */
const knownBy: Readonly<Record<FactName, readonly FactSource[]>> = {
  'provenance-exists': ['attester'],
  hosted: ['control-plane', 'attester'],
  'control-plane-signed': ['attester'],
  'key-out-of-reach': ['attester'],
  'separate-processes': ['control-plane', 'attester'],
  'separate-users': ['attester'],
  'no-shared-volume': ['attester'],
  'no-root-equivalent': ['attester'],
  ephemeral: ['control-plane', 'rebuild-worker'],
  isolated: ['control-plane', 'rebuild-worker'],
  'network-recorded': ['control-plane', 'rebuild-worker'],
  'cache-content-addressed': ['control-plane', 'rebuild-worker'],
  'external-parameters-complete': ['attester'],
};

/** What no probe can find out. Everything else holds only where it was measured: a setting is a wish. */
const declaredOnly: ReadonlySet<FactName> = new Set(['hosted']);

/**
 * `facts` as far as `source` can state them: one that it cannot know to be true becomes unknown, with its words kept.
 * What anybody says against a level always counts. That the place is hosted cannot be measured, only declared; of
 * everything else it is the other way round.
 */
export function statedBy(source: FactSource, facts: readonly Fact[]): Fact[] {
  return facts.map((fact) => {
    if (fact.value !== true) return fact;
    const basis = declaredOnly.has(fact.name) ? 'declared' : 'measured';
    const fault = !knownBy[fact.name].includes(source)
      ? `not ${source}'s to state`
      : fact.basis === basis
        ? undefined
        : `${fact.basis}, not ${basis}`;
    if (fault === undefined) return fact;
    return { ...fact, value: null, evidence: `${fault}: ${fact.evidence}`.slice(0, 500) };
  });
}

/** Whether nobody but `source` can state that fact: what it says of it cannot be made again from what others said. */
export function isKnownOnlyTo(source: FactSource, name: FactName): boolean {
  return knownBy[name].every((each) => each === source);
}
