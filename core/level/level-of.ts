import type { Fact, FactName, Level } from '#schemas/level.ts';

/**
 * What each level asks for beyond the one below it. https://slsa.dev/spec/v1.2/build-requirements
 * A newcomer who adds a fact adds it here, or it changes nothing.
 */
export const requiredFacts: readonly { readonly level: Level; readonly facts: readonly FactName[] }[] = [
  { level: 'SLSA_BUILD_LEVEL_1', facts: ['provenance-exists'] },
  { level: 'SLSA_BUILD_LEVEL_2', facts: ['hosted', 'control-plane-signed'] },
  {
    level: 'SLSA_BUILD_LEVEL_3',
    facts: [
      'key-out-of-reach',
      'separate-processes',
      'separate-users',
      'no-shared-volume',
      'no-root-equivalent',
      'ephemeral',
      'isolated',
      'network-recorded',
      'cache-content-addressed',
      'external-parameters-complete',
    ],
  },
];

/** A level, and which facts are false or unknown that the next one needs (none at level 3). */
export interface LevelResult {
  readonly level: Level;
  readonly missing: readonly FactName[];
}

/**
 * The level that `facts` make true. A fact holds where somebody states it and nobody denies it; that somebody else does
 * not know (`null`) changes nothing, but a fact that nobody knows does not hold.
 */
export function levelOf(facts: readonly Fact[]): LevelResult {
  const holds = (name: FactName): boolean => {
    const stated = facts.filter((fact) => fact.name === name);
    return stated.some(({ value }) => value === true) && !stated.some(({ value }) => value === false);
  };
  let level: Level = 'SLSA_BUILD_LEVEL_0';
  for (const step of requiredFacts) {
    const missing = step.facts.filter((name) => !holds(name));
    if (missing.length > 0) return { level, missing };
    level = step.level;
  }
  return { level, missing: [] };
}
