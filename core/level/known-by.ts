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
  'separate-processes': ['control-plane', 'rebuild-worker', 'attester'],
  'separate-users': ['control-plane', 'rebuild-worker', 'attester'],
  ephemeral: ['control-plane', 'rebuild-worker'],
  isolated: ['control-plane', 'rebuild-worker'],
  'network-recorded': ['control-plane', 'rebuild-worker'],
  'cache-content-addressed': ['control-plane', 'rebuild-worker'],
  'external-parameters-complete': ['attester'],
};

/**
 * `facts` as far as `source` can state them: one that it cannot know to be true becomes unknown, with its words kept.
 * What anybody says against a level always counts. That the place is hosted cannot be measured, only declared.
 */
export function statedBy(source: FactSource, facts: readonly Fact[]): Fact[] {
  return facts.map((fact) => {
    const credible =
      knownBy[fact.name].includes(source) && !(fact.name === 'hosted' && fact.basis === 'measured');
    if (fact.value !== true || credible) return fact;
    return { ...fact, value: null, evidence: `not ${source}'s to state: ${fact.evidence}`.slice(0, 500) };
  });
}
