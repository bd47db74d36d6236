import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { factTable } from '#core/level/fact-table.ts';
import { statedBy } from '#core/level/known-by.ts';
import { levelOf, requiredFacts } from '#core/level/level-of.ts';
import { FactName, Level, type Fact } from '#schemas/level.ts';
import { fact } from '#test/harness/samples/attest-input.ts';

const rank = (facts: readonly Fact[]): number => Level.options.indexOf(levelOf(facts).level);
const all = FactName.options.map((name) => fact(name, true));
const anyFacts = fc.array(
  fc.record({
    name: fc.constantFrom(...FactName.options),
    value: fc.constantFrom(true, false, null),
    basis: fc.constantFrom('measured' as const, 'declared' as const),
    evidence: fc.constant('any'),
  }),
);

describe('levelOf', () => {
  test('nothing stated is level 0, and names that provenance is missing', () => {
    expect(levelOf([])).toEqual({ level: 'SLSA_BUILD_LEVEL_0', missing: ['provenance-exists'] });
  });

  test('every fact true is level 3, with nothing missing', () => {
    expect(levelOf(all)).toEqual({ level: 'SLSA_BUILD_LEVEL_3', missing: [] });
  });

  test('a workstation, which nobody declared hosted, has level 1 and lacks exactly that', () => {
    const workstation = all.filter(({ name }) => name !== 'hosted');
    expect(levelOf(workstation)).toEqual({ level: 'SLSA_BUILD_LEVEL_1', missing: ['hosted'] });
  });

  test('every fact of the schema decides some level', () => {
    expect(requiredFacts.flatMap(({ facts }) => facts).sort()).toEqual([...FactName.options].sort());
  });

  test.each(requiredFacts.flatMap(({ facts }, below) => facts.map((name) => [name, below] as const)))(
    '%s false or unknown lowers the level to %i and is named as missing',
    (name, below) => {
      for (const value of [false, null]) {
        const facts = all.map((item) => (item.name === name ? { ...item, value } : item));
        expect(levelOf(facts)).toEqual({ level: Level.options[below], missing: [name] });
      }
    },
  );

  test('taking a fact away never raises the level', () => {
    fc.assert(
      fc.property(anyFacts, fc.constantFrom(...FactName.options), (facts, name) => {
        expect(rank(facts.filter((item) => item.name !== name))).toBeLessThanOrEqual(rank(facts));
      }),
    );
  });

  test('a fact that somebody denies does not hold, whoever states it', () => {
    fc.assert(
      fc.property(anyFacts, fc.constantFrom(...FactName.options), (facts, name) => {
        expect(rank([...facts, fact(name, false)])).toBeLessThanOrEqual(rank(facts));
      }),
    );
  });
});

describe('the table of facts', () => {
  test('has one line for each fact and gives the same level as what it was made from', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const table = factTable(facts);
        expect(table.map(({ name }) => name)).toEqual(FactName.options);
        expect(levelOf(table)).toEqual(levelOf(facts));
      }),
    );
  });

  test('shows who denies a fact before who states it', () => {
    const denied = { ...fact('isolated', false), evidence: 'the probe reached the host' };
    expect(factTable([fact('isolated', true), denied])).toContainEqual(denied);
  });
});

describe('who can state a fact', () => {
  test('what runs builds cannot raise the level by calling the place hosted, signed or out of its own reach', () => {
    const claimed = statedBy('rebuild-worker', all);
    expect(claimed.filter(({ value }) => value === true).map(({ name }) => name)).toEqual([
      'ephemeral',
      'isolated',
      'network-recorded',
      'cache-content-addressed',
    ]);
  });

  test('what anybody says against the level counts', () => {
    const denied = FactName.options.map((name) => fact(name, false));
    for (const source of ['control-plane', 'rebuild-worker', 'attester'] as const)
      expect(statedBy(source, denied)).toEqual(denied);
  });

  test('a declaration makes nothing true that can be measured', () => {
    const wished = FactName.options.map((name) => ({ ...fact(name, true), basis: 'declared' as const }));
    for (const source of ['control-plane', 'rebuild-worker', 'attester'] as const)
      for (const { name, value } of statedBy(source, wished)) if (name !== 'hosted') expect(value).toBeNull();
  });

  test('that a place is hosted can be declared and not measured', () => {
    const hosted = fact('hosted', true);
    expect(statedBy('control-plane', [hosted])).toEqual([hosted]);
    expect(statedBy('control-plane', [{ ...hosted, basis: 'measured' }])[0]?.value).toBeNull();
  });
});
