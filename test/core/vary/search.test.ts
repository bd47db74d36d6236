import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds } from '#core/vary/holds.ts';
import { search } from '#core/vary/search.ts';
import { variations } from '#core/vary/variations.ts';
import { ids, named, plainRecipe as recipe } from './named-variations.ts';
import { type Build, thoughtLab } from './thought-lab.ts';

/** Text that no explainer has a word for. */
const seen = (id: string, variables: Readonly<Record<string, string>>): string =>
  `${id} looks ${variables[id] ?? 'plain'}\n`;

function outcomes({ varied }: Awaited<ReturnType<typeof search>>, outcome: string): string[] {
  return varied.filter((one) => one.outcome === outcome).map(({ id }) => id);
}

describe('the search for what makes builds differ', () => {
  it('takes two builds where nothing does', async () => {
    const lab = thoughtLab(() => ({ 'out.txt': 'the same\n' }));
    const found = await search(lab, recipe());
    expect(found).toMatchObject({ result: 'reproducible', causes: [], unexplained: 0, cut: [] });
    expect(outcomes(found, 'same')).toHaveLength(variations.length);
    expect(lab.labels).toHaveLength(2);
  });

  it('proves exactly the variations that a build depends on, in outputs of their own or in lines of one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.subarray(ids), fc.boolean(), async (seenIds, inOne) => {
        const build: Build = ({ setting: { variables } }) =>
          inOne
            ? { 'out.txt': ['a title', ...seenIds.map((id) => seen(id, variables)), 'an end'].join('\n\n') }
            : { 'out.txt': 'same\n', ...Object.fromEntries(seenIds.map((id) => [id, seen(id, variables)])) };
        const found = await search(thoughtLab(build), recipe(), { variations: named(ids), holds });
        expect(found.causes.map(({ id }) => id)).toEqual(seenIds.map((id) => `cause-${id}`));
        expect(found.causes.every(({ confidence }) => confidence === 'confirmed')).toBe(true);
        expect(outcomes(found, 'differs')).toEqual(seenIds);
        expect(found.unexplained).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it('gives the place and both values as evidence, and says how it is known', async () => {
    const lab = thoughtLab(({ setting: { variables } }) => ({ 'out.txt': seen('TWO', variables) }));
    const { causes } = await search(lab, recipe(), { variations: named(ids), holds });
    expect(causes).toMatchObject([
      {
        title: 'The build depends on thing TWO',
        output: 'out.txt',
        remedy: 'Do not look.',
        proof: '6 builds with thing TWO varied, and nothing else that matters here, differ from 7 without.',
      },
    ]);
    expect(JSON.stringify(causes[0]?.evidence)).toMatch(/plain.*varied/);
  });

  it('blames no variation for what differs by chance, not even where two builds happened to be the same', async () => {
    const chances = [1, 2, 1, 1, 3, 1, 2, 5];
    const lab = thoughtLab((_, number) => ({
      'out.txt': `choice is ${'x'.repeat(chances[number % chances.length] ?? 1)} of some\n`,
    }));
    const found = await search(lab, recipe(), { variations: named(ids), holds: [] });
    expect(found.result).toBe('not-reproducible');
    expect(found.causes.filter(({ id }) => id.startsWith('cause-'))).toEqual([]);
  });

  it('names the set where something shows only with two things varied at once, and what each of them is', async () => {
    const lab = thoughtLab(({ setting: { variables } }) => ({
      'out.txt': 'ONE' in variables && 'FOUR' in variables ? 'both\n' : 'not both\n',
    }));
    const found = await search(lab, recipe(), { variations: named(ids), holds });
    expect(found).toMatchObject({
      result: 'not-reproducible',
      unexplained: 0,
      together: [{ ids: ['ONE', 'FOUR'], title: 'thing ONE and thing FOUR', outcome: 'differs' }],
      causes: [
        {
          id: 'together',
          title: 'The build depends on thing ONE and thing FOUR together',
          confidence: 'confirmed',
          together: [
            { id: 'ONE', title: 'thing ONE' },
            { id: 'FOUR', title: 'thing FOUR' },
          ],
          evidence: [{ a: 'not both', b: 'both' }],
        },
      ],
    });
    expect(outcomes(found, 'same')).toEqual(ids);
    expect(found.detail).toBe('Builds of the same recipe differ: the cause is ONE and FOUR together.');
  });

  it('names what is left when all was held fixed, and is not the same things in another order', async () => {
    let count = 0;
    const lab = thoughtLab(() => ({ 'out.txt': `serial is ${'i'.repeat((count += 1))}\n` }));
    const found = await search(lab, recipe(), { variations: named(ids), holds });
    expect(found.causes).toMatchObject([{ id: 'not-repeatable', confidence: 'confirmed' }]);
    expect(found.held.map(({ outcome }) => outcome)).toEqual(['differs', 'differs', 'differs']);
    expect(outcomes(found, 'not-tried')).toEqual(ids);
  });

  it('is no surer than the explainers are where it could hold nothing fixed', async () => {
    let count = 0;
    const lab = thoughtLab(() => ({ 'out.txt': `built at 2026-11-22T10:00:0${(count += 1)}Z\n` }), {
      tools: {},
    });
    const found = await search(lab, recipe(), { variations: [], holds });
    expect(found.held.find(({ id }) => id === 'clock')).toMatchObject({ outcome: 'not-possible' });
    expect(found.causes).toMatchObject([{ id: 'build-time-in-content', confidence: 'likely' }]);
  });

  it('tries the fix: with the zone declared, the difference is gone', async () => {
    const lab = thoughtLab(({ setting, changes = [] }) => {
      const declared = changes.some((change) => change.kind === 'variable' && change.name === 'TZ');
      return { 'out.txt': `the zone is ${declared ? 'UTC' : (setting.variables['TZ'] ?? 'UTC')}\n` };
    });
    const { causes } = await search(lab, recipe());
    expect(causes).toMatchObject([
      { id: 'time-zone', fix: { outcome: 'works', change: { kind: 'variable', name: 'TZ', value: 'UTC' } } },
    ]);
  });

  it('varies nothing that the recipe declares, nor what this host cannot', async () => {
    const lab = thoughtLab(({ setting }) => ({ 'out.txt': `in ${setting.variables['TZ'] ?? 'UTC'}\n` }), {
      tools: {},
      cpus: 1,
    });
    const found = await search(lab, recipe({ TZ: 'UTC', LC_ALL: 'C' }));
    expect(found.result).toBe('reproducible');
    expect(outcomes(found, 'declared')).toEqual(['time-zone', 'locale']);
    expect(outcomes(found, 'not-possible')).toEqual(['time', 'cpus']);
  });

  it('makes no more builds than it may, for any number, and says that it stopped', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 25 }), async (buildsMax) => {
        const lab = thoughtLab(
          ({ setting: { variables } }, number) => ({
            'out.txt': seen('ONE', variables),
            'other.txt': `chance ${'x'.repeat(number)}\n`,
          }),
          { buildsMax },
        );
        const found = await search(lab, recipe(), { variations: named(ids), holds });
        expect(lab.labels.length).toBeLessThanOrEqual(buildsMax);
        if (buildsMax < 12) expect(found.cut).not.toEqual([]);
        expect(found.result).not.toBe('reproducible');
      }),
      { numRuns: 25 },
    );
  });

  it('tells a build that fails by itself from one that fails where something is varied', async () => {
    expect(
      await search(
        thoughtLab(() => 'fails'),
        recipe(),
      ),
    ).toMatchObject({
      result: 'build-failed',
      detail: 'it fails',
    });
    const lab = thoughtLab(({ setting: { variables } }) =>
      'TWO' in variables ? 'fails' : { 'out.txt': 'a\n' },
    );
    const found = await search(lab, recipe(), { variations: named(ids), holds });
    expect(found).toMatchObject({ result: 'not-reproducible', causes: [], differing: [] });
    expect(found.detail).toContain('fails where these are varied: thing TWO');
    expect(outcomes(found, 'build-failed')).toEqual(['TWO']);
  });
});
