import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesIdentity } from '#core/policy/identity-pattern.ts';
import { IdentityPattern } from '#schemas/policy.ts';

const workflow = 'https://github.com/acme/tool/.github/workflows/release.yml@refs/tags/v1.2';

describe('a pattern matches whole identities', () => {
  test.each([
    [workflow, true],
    ['https://github.com/acme/tool/.github/workflows/release.yml@refs/tags/*', true],
    ['https://github.com/acme/*/.github/workflows/release.yml@refs/tags/v*', true],
    ['https://github.com/acme/**', true],
    ['https://github.com/acme/**@refs/tags/*', true],
    ['https://github.com/acme/*', false],
    ['https://github.com/acme/tool', false],
    ['https://github.com/acme/tool/.github/workflows/release.yml@refs/tags/v1.2*x', false],
    ['https://github.com/ACME/**', false],
    ['https://gitlab.com/**', false],
  ])('%s', (pattern, matches) => {
    expect(IdentityPattern.safeParse(pattern).success).toBe(true);
    expect(matchesIdentity(pattern, workflow)).toBe(matches);
  });

  test('what stands before or after the pattern is never overlooked', () => {
    const pattern = 'https://github.com/acme/*';
    expect(matchesIdentity(pattern, 'https://github.com/acme/x')).toBe(true);
    for (const identity of [
      'https://evil.example/?https://github.com/acme/x',
      'https://github.com/acme/x/y',
      'https://github.com/acme/x\nhttps://evil.example/',
    ]) {
      const [, rest] = identity.split('\n');
      expect(matchesIdentity(pattern, identity)).toBe(false);
      expect(rest === undefined || matchesIdentity(pattern, rest)).toBe(rest === undefined);
    }
  });

  test('what a regular expression would read as its own is only itself', () => {
    expect(matchesIdentity('https://a.example/x.y', 'https://a.example/xzy')).toBe(false);
    expect(matchesIdentity('https://a.example/(x|y)+', 'https://a.example/x')).toBe(false);
    expect(matchesIdentity('https://a.example/(x|y)+', 'https://a.example/(x|y)+')).toBe(true);
  });
});

test.each([
  '*',
  '**',
  'https://*',
  'https://*/x',
  'https://*.example/x',
  'https://github.com*/x',
  '*@*',
  '*@',
  'acme/*',
  'https://github.com@*/x',
])('a pattern that leaves the host open is none: %s', (pattern) => {
  expect(IdentityPattern.safeParse(pattern).success).toBe(false);
});

test('an identity matches itself, and with any part of it left open', () => {
  const part = fc.string({ maxLength: 12 }).map((text) => text.replaceAll(/[*/]/g, ''));
  fc.assert(
    fc.property(part, part, part, (before, left, after) => {
      const identity = `https://a.example/${before}${left}${after}`;
      return (
        matchesIdentity(identity, identity) &&
        matchesIdentity(`https://a.example/${before}*${after}`, identity) &&
        matchesIdentity(
          `https://a.example/${before}**${after}`,
          `https://a.example/${before}/${left}/${after}`,
        ) &&
        !matchesIdentity(
          `https://a.example/${before}*${after}`,
          `https://a.example/${before}/${left}/${after}`,
        )
      );
    }),
  );
});

test('a hostile identity costs no more than its length, whatever the pattern', () => {
  const pattern = `https://a.example/${'**a'.repeat(150)}b`;
  expect(matchesIdentity(pattern, `https://a.example/${'a'.repeat(1900)}`)).toBe(false);
  expect(matchesIdentity('https://a.example/**', `https://a.example/${'a'.repeat(5000)}`)).toBe(false);
});
