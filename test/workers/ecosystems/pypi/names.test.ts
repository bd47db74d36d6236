import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  identifyFile,
  isBelow,
  isProjectName,
  isPureWheel,
  normalizeName,
  normalizeVersion,
} from '#workers/ecosystems/pypi/names.ts';

const name = fc.stringMatching(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,12}[A-Za-z0-9])?$/);
const release = fc.array(fc.nat(3000), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));

describe('normalizeName', () => {
  it('is the same for spellings that differ in case and separators only (PEP 503)', () => {
    for (const spelling of ['Foo.Bar', 'foo__bar', 'FOO-.-BAR'])
      expect(normalizeName(spelling)).toBe('foo-bar');
  });

  it('changes nothing that it has normalised', () => {
    fc.assert(fc.property(name, (text) => normalizeName(normalizeName(text)) === normalizeName(text)));
  });
});

describe('isProjectName', () => {
  it.each(['', '.', '..', '-x', 'x-', 'a/b', 'a%2fb', 'a b', 'a\n', 'x'.repeat(129)])(
    'refuses %j',
    (text) => {
      expect(isProjectName(text)).toBe(false);
    },
  );
});

describe('normalizeVersion', () => {
  it.each([
    ['1.0', '1'],
    ['1.0.0-RC.1', '1rc1'],
    ['v2.0-alpha', '2a0'],
    ['1.0-1', '1.post1'],
    ['1.0.post', '1.post0'],
    ['1!2.0.dev3+Ubuntu-1', '1!2.dev3+ubuntu.1'],
    ['2023.03.01', '2023.3.1'],
  ])('counts %s as %s (PEP 440)', (version, normal) => {
    expect(normalizeVersion(version)).toBe(normal);
  });

  it('tells versions with other numbers apart, and changes nothing that it has normalised', () => {
    fc.assert(
      fc.property(release, fc.nat(50), (version, n) => {
        const normal = normalizeVersion(`${version}rc${n}`);
        expect(normalizeVersion(normal)).toBe(normal);
        expect(normalizeVersion(`${version}rc${n + 1}`)).not.toBe(normal);
        expect(normalizeVersion(version)).not.toBe(normal);
      }),
    );
  });

  it('answers any text at once, however long', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 5000 }), (text) => typeof normalizeVersion(text) === 'string'),
    );
    expect(normalizeVersion(`1${'.1'.repeat(100_000)}x`)).toContain('x');
  });
});

describe('isBelow', () => {
  it('compares numbers, not text', () => {
    expect(isBelow('70.0.1', [70, 1])).toBe(true);
    expect(isBelow('9.9', [70, 1])).toBe(true);
    expect(isBelow('70.1.0', [70, 1])).toBe(false);
    expect(isBelow('100', [70, 1])).toBe(false);
  });
});

describe('identifyFile', () => {
  it('reads the name of a wheel', () => {
    expect(identifyFile('Foo_Bar-1.0-py3-none-any.whl', 'foo-bar')).toEqual({
      kind: 'wheel',
      name: 'foo-bar',
      version: '1.0',
      tags: { python: 'py3', abi: 'none', platform: 'any' },
    });
  });

  it('finds where the name of an old sdist ends, by the project that it belongs to', () => {
    expect(
      identifyFile('backports.ssl-match-hostname-3.7.0.1.tar.gz', 'backports-ssl-match-hostname'),
    ).toEqual({
      kind: 'sdist',
      name: 'backports-ssl-match-hostname',
      version: '3.7.0.1',
    });
  });

  it('knows no sdist of another project', () => {
    expect(identifyFile('idna-ssl-1.0.tar.gz', 'idna')).toBeUndefined();
  });

  it.each(['idna-3.20.exe', 'idna-3.20-py3-none.whl', 'a/../idna-3.20.tar.gz', 'idna-3.20\n.tar.gz', ''])(
    'knows nothing of %j',
    (file) => {
      expect(identifyFile(file, 'idna')).toBeUndefined();
    },
  );

  it('finds any project and version that were put into a name', () => {
    fc.assert(
      fc.property(name, release, (project, version) => {
        expect(identifyFile(`${project}-${version}.tar.gz`, project)).toMatchObject({ version });
      }),
    );
  });

  it('counts a wheel as pure only where it needs neither an ABI nor a platform', () => {
    const pure = (file: string) => {
      const identity = identifyFile(file, 'x');
      return identity !== undefined && isPureWheel(identity);
    };
    expect(pure('x-1-py3-none-any.whl')).toBe(true);
    expect(pure('x-1-cp311-cp311-manylinux_2_17_x86_64.whl')).toBe(false);
    expect(pure('x-1-py3-none-manylinux_2_17_x86_64.whl')).toBe(false);
    expect(pure('x-1.tar.gz')).toBe(false);
  });
});
