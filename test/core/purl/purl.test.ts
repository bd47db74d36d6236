import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#core/errors/app-error.ts';
import { parsePurl, versionOf } from '#core/purl/purl.ts';

function refusalOf(act: () => unknown): AppError {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('parsePurl', () => {
  it('takes a package URL apart and normalises its text', () => {
    expect(parsePurl('pkg:PyPI/Foo_Bar@1.0?file_name=Foo_Bar-1.0.tar.gz')).toEqual({
      type: 'pypi',
      namespace: undefined,
      name: 'foo-bar',
      version: '1.0',
      qualifiers: { file_name: 'Foo_Bar-1.0.tar.gz' },
      text: 'pkg:pypi/foo-bar@1.0?file_name=Foo_Bar-1.0.tar.gz',
    });
  });

  it('gives the same text for its own text', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/);
    fc.assert(
      fc.property(name, fc.stringMatching(/^[0-9][0-9a-z.!+]{0,12}$/), (project, version) => {
        const { text } = parsePurl(`pkg:pypi/${project}@${encodeURIComponent(version)}`);
        expect(parsePurl(text).text).toBe(text);
      }),
    );
  });

  it.each([
    'idna',
    'pkg:',
    'pkg:pypi',
    'pkg:pypi/',
    'pkg:pypi/idna@%zz',
    'pkg:pypi/a%00b@1',
    'pkg:pypi/idna@1#sub',
  ])('refuses %j with a hint that shows how to write one', (text) => {
    const { code, hint } = refusalOf(() => parsePurl(text));
    expect(code).toBe('invalid-purl');
    expect(hint).toBeTruthy();
  });

  it('answers any text with a package URL or invalid-purl, never with another error', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (tail) => {
        try {
          parsePurl(`pkg:${tail}`);
        } catch (error) {
          expect((error as AppError).code).toBe('invalid-purl');
        }
      }),
    );
  });
});

describe('versionOf', () => {
  it('gives the version', () => {
    expect(versionOf(parsePurl('pkg:pypi/idna@3.20'))).toBe('3.20');
  });

  it.each(['pkg:pypi/idna', 'pkg:pypi/idna@'])('refuses %s, which names no version', (text) => {
    expect(refusalOf(() => versionOf(parsePurl(text))).code).toBe('invalid-purl');
  });
});
