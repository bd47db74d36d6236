import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Recipe } from '#schemas/recipe.ts';
import { clockOf } from '#workers/ecosystems/pypi/clock.ts';
import { pinsOf, requirementsOf } from '#workers/ecosystems/pypi/constraints.ts';
import { buildSystemOf, generatorOf, legacyBuildSystem } from '#workers/ecosystems/pypi/facts.ts';
import { inferRecipes } from '#workers/ecosystems/pypi/infer.ts';
import { permissionsOf } from '#workers/ecosystems/pypi/permissions.ts';
import type { Evidence } from '#workers/ecosystems/pypi/recipe.ts';
import { archived, evidenceOf, sdistOf, wheelOf } from './evidence.ts';

function firstRecipe(evidence: Evidence): Recipe {
  const inference = inferRecipes(evidence);
  if ('unsupported' in inference || inference.recipes[0] === undefined) throw new Error('no recipe was made');
  return inference.recipes[0];
}

describe('generatorOf', () => {
  it.each([
    ['Generator: hatchling 1.27.0', 'hatchling', '1.27.0'],
    ['Generator: bdist_wheel (0.37.1)\r', 'bdist_wheel', '0.37.1'],
    ['Generator: setuptools (80.9.0)', 'setuptools', '80.9.0'],
    ['Generator: poetry-core 2.1.3', 'poetry-core', '2.1.3'],
  ])('reads %j', (line, name, version) => {
    expect(generatorOf(`Wheel-Version: 1.0\n${line}\nTag: py3-none-any\n`)).toEqual({ name, version });
  });

  it.each([
    'Generator: mine',
    'Generator: x 1.0; import os',
    'X-Generator: flit 1.0',
    'Generator: a==1 2',
    '',
  ])('makes nothing of %j, which would otherwise reach a constraints file', (line) => {
    expect(generatorOf(line)).toBeUndefined();
  });

  it('never gives what is not one word and one version', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        const found = generatorOf(`Generator: ${text}`);
        if (found) expect(`${found.name}==${found.version}`).toMatch(/^[a-z0-9._-]+==[A-Za-z0-9.!+_-]+$/);
      }),
    );
  });
});

describe('buildSystemOf', () => {
  it('reads the table that PEP 518 describes', () => {
    const text =
      '[build-system]\nrequires = ["hatchling>=1", "x[y] ; python_version > \'3\'"]\nbuild-backend = "a.b:c"\nbackend-path = ["."]\n';
    expect(buildSystemOf(text)).toEqual({
      requires: ['hatchling>=1', "x[y] ; python_version > '3'"],
      backend: 'a.b:c',
      backendPath: ['.'],
    });
  });

  it('is that of setuptools where none is declared (PEP 517)', () => {
    expect(buildSystemOf(undefined)).toEqual(legacyBuildSystem);
    expect(buildSystemOf('[tool.black]\n')).toEqual(legacyBuildSystem);
    expect(buildSystemOf('[build-system]\nrequires = ["setuptools"]\n')).toMatchObject({
      requires: ['setuptools'],
      backend: legacyBuildSystem.backend,
    });
  });

  it.each(['-r /etc/passwd', '--index-url=http://x', './evil', '/evil', 'a\\n-e .', ''])(
    'never gives pip the requirement %j',
    (requirement) => {
      expect(buildSystemOf(`[build-system]\nrequires = ["${requirement}"]\n`).requires).not.toContain(
        requirement,
      );
    },
  );

  it('answers any text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 500 }), (text) => buildSystemOf(text).requires.length < 300),
    );
  });
});

describe('clockOf', () => {
  it('takes one time for SOURCE_DATE_EPOCH', () => {
    expect(clockOf(wheelOf({ times: [1789654200] })).clock).toEqual({
      from: 'inferred-single',
      sourceDateEpoch: 1789654200,
    });
  });

  it("sets no clock where the one time is the backend's own default", () => {
    const wheel = wheelOf({
      generator: { name: 'hatchling', version: '1.27.0' },
      times: [Date.UTC(2020, 1, 2) / 1000],
    });
    expect(clockOf(wheel).clock).toEqual({ from: 'none' });
  });

  it("keeps the times of the source's files where there are several", () => {
    expect(clockOf(wheelOf({ times: [1, 2] })).clock).toEqual({ from: 'source-mtimes' });
  });
});

describe('pinsOf', () => {
  const constraints = (name: string, version: string, requires: string[] = [], backend = 'x') =>
    pinsOf(wheelOf({ generator: { name, version } }), { requires, backend, backendPath: [] }).constraints;

  it('names the project that a generator is published as', () => {
    expect(constraints('hatchling', '1.27.0')).toEqual(['hatchling==1.27.0']);
    expect(constraints('flit', '3.12.0')).toEqual(['flit_core==3.12.0']);
    expect(constraints('uv', '0.8.0')).toEqual(['uv_build==0.8.0']);
    expect(constraints('poetry', '1.0.8', [], 'poetry.core.masonry.api')).toEqual(['poetry-core==1.0.8']);
  });

  it('keeps setuptools below its own bdist_wheel where the package wheel made the file', () => {
    expect(constraints('bdist_wheel', '0.37.1', ['setuptools>=40'])).toEqual([
      'wheel==0.37.1',
      'setuptools<70.1',
    ]);
  });

  it('does not contradict a source that asks for a later setuptools', () => {
    expect(constraints('bdist_wheel', '0.45.0', ['setuptools>=77'])).toEqual(['wheel==0.45.0']);
  });

  it("adds the package wheel where RECORD's mode shows that an old one wrote the zip", () => {
    const wheel = wheelOf({ generator: { name: 'setuptools', version: '75.1.0' }, recordMode: 0o664 });
    expect(pinsOf(wheel, legacyBuildSystem)).toMatchObject({
      constraints: ['setuptools==75.1.0', 'wheel==0.37.1'],
      extra: ['wheel'],
    });
  });

  it('pins nothing where WHEEL names no generator', () => {
    const { generator: _generator, ...anonymous } = wheelOf();
    expect(pinsOf(anonymous, legacyBuildSystem).constraints).toEqual([]);
  });
});

describe('requirementsOf', () => {
  const pins = { constraints: ['flit_core==3.8.0', 'setuptools<70.1'], extra: ['wheel'], notes: [] };
  const install = (...requires: string[]) =>
    requirementsOf({ requires, backend: 'x', backendPath: [] }, pins);

  it('takes the pin where the source asks for what cannot have made the wheel', () => {
    expect(install('flit-core >=2,<3', 'tomli')).toEqual(['flit_core==3.8.0', 'tomli', 'wheel']);
  });

  it('leaves what has extras or markers, and what is only bounded, as the source says it', () => {
    const requires = ['flit_core[x]>=2', "flit_core>=2; python_version>'3'", 'setuptools>=61'];
    expect(install(...requires)).toEqual([...requires, 'wheel']);
  });
});

describe('permissionsOf', () => {
  it('takes the umask from what the backend wrote', () => {
    expect(permissionsOf(wheelOf({ writtenMode: 0o664 }), sdistOf()).umask).toBe('002');
    expect(permissionsOf(wheelOf({ writtenMode: 0o644 }), sdistOf()).umask).toBe('022');
    expect(permissionsOf(wheelOf({ writtenMode: 0o666, madeOnWindows: true }), sdistOf()).umask).toBe('022');
  });

  it("keeps the source's modes only where the wheel shows them", () => {
    const sdist = sdistOf({ files: [archived('p/a.py', 0o664)] });
    expect(permissionsOf(wheelOf({ files: [archived('a.py', 0o100664, 'p/a.py')] }), sdist).keepModes).toBe(
      true,
    );
    expect(permissionsOf(wheelOf({ files: [archived('a.py', 0o100644, 'p/a.py')] }), sdist).keepModes).toBe(
      false,
    );
  });
});

describe('inferRecipes', () => {
  it('serves the build what the registry had when the wheel was uploaded, and nothing later', () => {
    expect(firstRecipe(evidenceOf()).registry).toEqual({
      protocol: 'pypi',
      before: '2026-09-17T14:12:00.000Z',
    });
  });

  it("runs no code of the package in a step whose failure is the registry's", () => {
    const { steps } = firstRecipe(evidenceOf());
    expect(steps.map(({ name, phase }) => [name, phase])).toEqual([
      ['unpack', 'prepare'],
      ['make-environment', 'prepare'],
      ['install-requirements', 'dependencies'],
      ['ask-backend', 'build'],
      ['install-asked', 'dependencies'],
      ['build-wheel', 'build'],
    ]);
    for (const { phase, cwd } of steps) if (phase === 'dependencies') expect(cwd).toBeUndefined();
  });

  it('builds with --universal where only the name says so', () => {
    const wheel = wheelOf({ generator: { name: 'bdist_wheel', version: '0.42.0' } });
    const universal = evidenceOf({ wheelFile: 'pytz-1-py2.py3-none-any.whl', wheel });
    expect(firstRecipe(universal).steps.at(-1)?.run).toContain('--universal');
    expect(
      firstRecipe({ ...universal, sdist: sdistOf({ universal: true }) }).steps.at(-1)?.run,
    ).not.toContain('--universal');
  });

  it('makes no recipe of an sdist that is not one folder', () => {
    const { top: _top, ...sdist } = sdistOf();
    expect(inferRecipes({ ...evidenceOf(), sdist })).toHaveProperty('unsupported');
  });

  it('gives a shell no text that anybody else wrote, whatever the names are', () => {
    const hostile = fc.string({ minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(hostile, hostile, fc.array(hostile, { maxLength: 3 }), (top, file, requires) => {
        const inference = inferRecipes(
          evidenceOf({
            source: { ...evidenceOf().source, file },
            sdist: sdistOf({ top, buildSystem: { requires, backend: 'b', backendPath: [] } }),
          }),
        );
        if ('unsupported' in inference) return;
        for (const recipe of inference.recipes) {
          expect(Recipe.parse(recipe)).toEqual(recipe);
          for (const { run } of recipe.steps) {
            if (!run[0]?.endsWith('sh')) continue;
            expect([
              'umask "$1"; exec unzip -q "$2" -d src',
              firstRecipe(evidenceOf()).steps[0]?.run[3],
            ]).toContain(run[3]);
          }
        }
      }),
    );
  });

  it('is the same for the same evidence', () => {
    expect(inferRecipes(evidenceOf())).toEqual(inferRecipes(evidenceOf()));
  });
});
