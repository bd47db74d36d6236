import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isCommit, referenceOf, repositoryUrl } from '#core/upstream/repository.ts';

describe('repositoryUrl', () => {
  test.each([
    'https://github.com/Owner/Name',
    'https://github.com/owner/name.git',
    'https://user:secret@github.com/owner/name/',
    'git+https://github.com/owner/name@refs/tags/v1.0@2',
    'git+ssh://git@github.com/owner/name.git#main',
    'git://github.com/owner/name.git',
    'git@github.com:owner/name.git',
    'github:owner/name',
  ])('%s is one repository in one spelling', (text) => {
    expect(repositoryUrl(text)).toBe('https://github.com/owner/name');
  });

  test('what other hosts tell apart stays apart', () => {
    expect(repositoryUrl('https://git.example/Owner/Name')).toBe('https://git.example/Owner/Name');
    expect(repositoryUrl('https://git.example:8443/o/r')).toBe('https://git.example:8443/o/r');
    expect(repositoryUrl('https://github.com.evil.example/o/r')).not.toBe(
      repositoryUrl('https://github.com/o/r'),
    );
  });

  test.each([
    '',
    'owner/name',
    'file:///etc',
    'javascript:alert(1)',
    'https://github.com/',
    `https://h/${'x'.repeat(3000)}`,
  ])('%j names none', (text) => expect(repositoryUrl(text)).toBeUndefined());

  test('any text gives a https URL without credentials, or nothing', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((s) => `git+https://h/${s}`),
        ),
        (text) => {
          const url = repositoryUrl(text);
          if (url === undefined) return;
          expect(url).toMatch(/^https:\/\/[^/@]+\/./);
        },
      ),
    );
  });
});

test('the reference is what follows the @ of the path, and a commit is whole', () => {
  expect(referenceOf('git+https://github.com/o/r@refs/tags/v1@x')).toBe('refs/tags/v1@x');
  expect(referenceOf('https://user@github.com/o/r')).toBeUndefined();
  expect(isCommit('a'.repeat(40))).toBe(true);
  expect(isCommit('a'.repeat(39))).toBe(false);
  expect(isCommit('v1.0.0')).toBe(false);
});
