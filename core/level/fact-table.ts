import { FactName, type Fact } from '#schemas/level.ts';

/**
 * One line for each fact that exists, in the order of the schema: who denies it is shown before who states it, before
 * who does not know. What nobody said anything about is unknown.
 */
export function factTable(facts: readonly Fact[]): Fact[] {
  return FactName.options.map((name) => {
    const stated = facts.filter((fact) => fact.name === name);
    return (
      stated.find(({ value }) => value === false) ??
      stated.find(({ value }) => value === true) ??
      stated[0] ?? { name, value: null, basis: 'measured', evidence: 'nothing was measured or declared' }
    );
  });
}
