import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { AppError } from '#core/errors/app-error.ts';
import { parseTrustedIssuers } from '#services/identity/oidc/issuers.ts';

const good = { issuer: 'https://ci.example', audience: 'assay', claims: { owner: 'me' } };
const file = (...issuers: unknown[]) => JSON.stringify({ schemaVersion: 1, issuers });

describe('parseTrustedIssuers', () => {
  it('reads each ready example', async () => {
    const folder = new URL('../../../../deploy/oidc/', import.meta.url);
    const names = await readdir(folder);
    expect(names.sort()).toEqual(['github.json', 'gitlab.json']);
    for (const name of names) {
      const [trusted] = parseTrustedIssuers(await readFile(new URL(name, folder), 'utf8'));
      expect(trusted).toMatchObject({ audience: 'assay', algorithms: ['RS256'], lifetimeSecondsMax: 3600 });
    }
  });

  it('refuses what would let too many in', () => {
    for (const [issuer, why] of [
      [{ ...good, claims: {} }, 'at least one claim'],
      [{ ...good, issuer: 'http://ci.example' }, 'https'],
      [{ ...good, jwksUri: 'http://ci.example/keys' }, 'https'],
      [{ ...good, issuer: 'https://ci.example#x' }, 'fragment'],
      [{ ...good, algorithms: ['none'] }, 'algorithms'],
      [{ ...good, algorithms: ['HS256'] }, 'algorithms'],
      [{ ...good, claims: { owner: { pattern: '(' } } }, 'regular expression'],
      [{ ...good, audience: '' }, 'audience'],
      [{ ...good, unknown: 1 }, 'unknown'],
    ] as const)
      expect(() => parseTrustedIssuers(file(issuer)), JSON.stringify(issuer)).toThrow(why);
    expect(() => parseTrustedIssuers(file(good, good))).toThrow('twice');
  });

  it('names every fault at once, as an error of usage', () => {
    let error: unknown;
    try {
      parseTrustedIssuers(file({ ...good, audience: '' }, { ...good, claims: {} }));
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).code).toBe('usage');
    expect((error as AppError).message).toMatch(/issuers\.0\.audience.*issuers\.1\.claims/s);
    expect(() => parseTrustedIssuers('{')).toThrow('not JSON');
  });
});
