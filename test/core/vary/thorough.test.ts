import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apart } from '#core/vary/apart.ts';
import { search } from '#core/vary/search.ts';
import { holds } from '#core/vary/holds.ts';
import { variations } from '#core/vary/variations.ts';
import { ids, named, plainRecipe as recipe } from './named-variations.ts';
import { thoughtLab } from './thought-lab.ts';

describe('a thorough search', () => {
  it('builds few subsets, in which each thing is without each other one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), (count) => {
        const items = Array.from({ length: count }, (_, index) => index);
        const subsets = apart(items);
        for (const one of items)
          for (const other of items)
            if (one !== other)
              expect(subsets.some((subset) => subset.includes(one) && !subset.includes(other))).toBe(true);
        expect(subsets.length).toBeLessThanOrEqual(count <= 20 ? 6 : 8);
      }),
    );
  });

  it('finds what one thing varied hides of another, in any two of them; without it they are taken for reproducible', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(ids, { minLength: 2, maxLength: 2 }),
        async ([shown = '', hider = '']) => {
          const build = () =>
            thoughtLab(({ setting: { variables } }) => ({
              'out.txt': shown in variables && !(hider in variables) ? 'other\n' : 'same\n',
            }));
          const given = { variations: named(ids), holds };
          expect(await search(build(), recipe(), given)).toMatchObject({ result: 'reproducible' });
          const found = await search(build(), recipe(), { ...given, thorough: true });
          expect(found).toMatchObject({
            result: 'not-reproducible',
            unexplained: 0,
            causes: [{ id: `cause-${shown}`, confidence: 'confirmed' }],
          });
        },
      ),
    );
  });

  it('finds a set that a further thing hides', async () => {
    const lab = thoughtLab(({ setting: { variables } }) => ({
      'out.txt': 'ONE' in variables && 'TWO' in variables && !('FIVE' in variables) ? 'other\n' : 'same\n',
    }));
    const found = await search(lab, recipe(), { variations: named(ids), holds, thorough: true });
    expect(found.causes).toMatchObject([{ together: [{ id: 'ONE' }, { id: 'TWO' }] }]);
  });

  it('finds a build that fails only where something else is not varied', async () => {
    const lab = thoughtLab(({ setting: { variables } }) =>
      'TWO' in variables && !('THREE' in variables) ? 'fails' : { 'out.txt': 'same\n' },
    );
    const found = await search(lab, recipe(), { variations: named(ids), holds, thorough: true });
    expect(found.result).toBe('not-reproducible');
    expect(found.varied.find(({ id }) => id === 'TWO')?.outcome).toBe('build-failed');
  });

  it('takes eight builds where nothing differs, and says so; fewer, and that it stopped, where fewer are allowed', async () => {
    const lab = thoughtLab(() => ({ 'out.txt': 'same\n' }));
    const found = await search(lab, recipe(), { thorough: true });
    expect(found).toMatchObject({ result: 'reproducible', cut: [] });
    expect(found.detail).toBe(
      `8 builds are the same, byte for byte, with ${variations.length} things varied between them.`,
    );
    const few = thoughtLab(() => ({ 'out.txt': 'same\n' }), { buildsMax: 4 });
    const { detail, cut } = await search(few, recipe(), { thorough: true });
    expect(detail).toContain('4 builds are the same');
    expect(cut).toHaveLength(1);
  });
});
