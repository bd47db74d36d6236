import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds } from '#core/vary/holds.ts';
import { search } from '#core/vary/search.ts';
import { variations } from '#core/vary/variations.ts';
import { ids, named, plainRecipe as recipe } from './named-variations.ts';
import { type Build, thoughtLab } from './thought-lab.ts';

const outputs = ['one.txt', 'two.txt', 'three.txt'];
const some = fc.uniqueArray(fc.constantFrom(...ids), { minLength: 1, maxLength: 4 });

/** Each output differs exactly where all of its own things are varied. */
const needing =
  (needs: readonly (readonly string[])[]): Build =>
  ({ setting: { variables } }) =>
    Object.fromEntries(
      needs.map((needed, index) => [
        outputs[index] ?? '',
        needed.every((id) => id in variables) ? 'another text\n' : 'the text\n',
      ]),
    );

const sorted = (members: readonly string[]) => ids.filter((id) => members.includes(id));

describe('what differs only where several things are varied together', () => {
  it('is given exactly the sets that it needs, one for each output, whatever they share', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(some, { minLength: 1, maxLength: 3 }), async (needs) => {
        const found = await search(thoughtLab(needing(needs)), recipe(), { variations: named(ids), holds });
        const sets = new Set(
          found.causes.map(({ output, together, id }) =>
            JSON.stringify([output, together?.map((one) => one.id) ?? [id.replace('cause-', '')]]),
          ),
        );
        const expected = needs.map((needed, index) => JSON.stringify([outputs[index], sorted(needed)]));
        expect(sets).toEqual(new Set(expected));
        expect(found.causes.every(({ confidence }) => confidence === 'confirmed')).toBe(true);
        expect(found).toMatchObject({ result: 'not-reproducible', unexplained: 0, cut: [] });
      }),
      { numRuns: 40 },
    );
  });

  it('is found among all that is varied within the builds that a check makes', async () => {
    const lab = thoughtLab(
      ({ setting: { variables, machine, sourceFolder } }) => {
        const all = variables['TZ'] === 'GMT-14' && machine.uid === 34 && sourceFolder.startsWith('another');
        return { 'out.txt': all ? 'all three\n' : 'not all\n' };
      },
      { buildsMax: 40 },
    );
    const found = await search(lab, recipe());
    expect(found.causes).toMatchObject([
      { id: 'together', together: [{ id: 'build-path' }, { id: 'user' }, { id: 'time-zone' }] },
    ]);
    expect(found.cut).toEqual([]);
  });

  it('is found beside what single things do, and where the clock must be stopped for it', async () => {
    const lab = thoughtLab(({ setting }, number) => {
      const time = setting.isClockHeld === true ? '' : 'x'.repeat(number);
      const both = setting.variables['TZ'] === 'GMT-14' && setting.machine.uid === 34;
      return {
        'time.txt': `clock ${time}\n`,
        'host.txt': `on ${setting.machine.hostname ?? 'build'}\n`,
        'both.txt': both ? 'both\n' : 'one\n',
      };
    });
    const found = await search(lab, recipe());
    expect(found.causes.map(({ id, output }) => [output, id])).toEqual([
      ['time.txt', 'build-time-in-content'],
      ['host.txt', 'user-and-host'],
      ['both.txt', 'together'],
    ]);
    expect(found.unexplained).toBe(0);
  });

  it('gets its fix tried: one thing less is enough', async () => {
    const lab = thoughtLab(({ setting, changes = [] }) => {
      const declared = changes.some((change) => change.kind === 'variable' && change.name === 'TZ');
      const both = !declared && setting.variables['TZ'] === 'GMT-14' && setting.machine.uid === 34;
      return { 'out.txt': both ? 'both\n' : 'not both\n' };
    });
    const { causes } = await search(lab, recipe());
    expect(causes).toMatchObject([{ id: 'together', fix: { outcome: 'works', change: { name: 'TZ' } } }]);
  });

  it('can be that the build fails: the smallest sets that make it fail are told, with how', async () => {
    const lab = thoughtLab(({ setting: { variables } }) =>
      'TWO' in variables && 'FIVE' in variables ? 'fails' : { 'out.txt': 'a\n' },
    );
    const found = await search(lab, recipe(), { variations: named(ids), holds });
    expect(found).toMatchObject({
      result: 'not-reproducible',
      together: [{ ids: ['TWO', 'FIVE'], outcome: 'build-failed', detail: 'it fails' }],
    });
    expect(found.detail).toContain('thing TWO together with thing FIVE');
  });

  it('is looked for without what makes the build fail', async () => {
    const lab = thoughtLab(({ setting: { variables } }) =>
      'THREE' in variables
        ? 'fails'
        : { 'out.txt': 'ONE' in variables && 'FOUR' in variables ? 'both\n' : 'not both\n' },
    );
    const found = await search(lab, recipe(), { variations: named(ids), holds });
    expect(found.causes).toMatchObject([{ together: [{ id: 'ONE' }, { id: 'FOUR' }] }]);
    expect(found.varied.find(({ id }) => id === 'THREE')?.outcome).toBe('build-failed');
  });

  it('stays unexplained, or is no more than likely, where too few builds are allowed, and that is said', async () => {
    for (let buildsMax = 3; buildsMax < 40; buildsMax += 1) {
      const lab = thoughtLab(needing([['ONE', 'FOUR']]), { buildsMax });
      const found = await search(lab, recipe(), { variations: named(ids), holds });
      expect(lab.labels.length).toBeLessThanOrEqual(buildsMax);
      const [cause] = found.causes;
      if (found.cut.length > 0) expect(cause?.confidence ?? 'none').not.toBe('confirmed');
      else expect(cause).toMatchObject({ confidence: 'confirmed', id: 'together' });
      expect(found.unexplained).toBe(cause === undefined ? 1 : 0);
      expect(found.result).toBe('not-reproducible');
    }
  });

  it('has variations whose ids make it: no two of them are the same', () => {
    expect(new Set(variations.map(({ id }) => id)).size).toBe(variations.length);
  });
});
