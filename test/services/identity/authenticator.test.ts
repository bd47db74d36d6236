import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAuthenticator } from '#services/identity/authenticator.ts';
import { MachineTokens } from '#services/identity/machine-tokens.ts';
import { hashToken, mintToken } from '#services/identity/mint-token.ts';
import type { TokenScope } from '#services/identity/token-store.ts';
import { MemoryTokenStore } from '#test/harness/memory/memory-token-store.ts';

const start = Date.parse('2026-11-22T12:00:00Z');

async function identity(machineTokens: MachineTokens = {}) {
  const tokens = new MemoryTokenStore();
  const clock = { now: start };
  const authenticate = createAuthenticator({ tokens, machineTokens, issuers: [], now: () => clock.now });
  const keep = async (name: string, scope: TokenScope) => {
    const token = mintToken(scope, randomBytes(32));
    const id = randomUUID();
    await tokens.create({
      id,
      name,
      scope,
      createdBy: 'token:admin',
      createdAt: new Date(start).toISOString(),
      expiresAt: new Date(start + 1000).toISOString(),
      hash: hashToken(token),
    });
    return { id, token };
  };
  return { tokens, clock, authenticate, keep };
}

describe('createAuthenticator', () => {
  it('knows a stored token by its hash, until it expires or is revoked', async () => {
    const { authenticate, clock, keep, tokens } = await identity();
    const kept = await keep('ci', 'submitter');
    expect(await authenticate(kept.token)).toEqual({ subject: 'token:ci', scope: 'submitter' });
    clock.now = start + 1000;
    await expect(authenticate(kept.token)).rejects.toMatchObject({ code: 'unauthenticated' });
    clock.now = start;
    await tokens.revoke(kept.id);
    await expect(authenticate(kept.token)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('takes the scope from what is stored, never from the token’s text', async () => {
    const { authenticate, keep } = await identity();
    const { token } = await keep('ci', 'submitter');
    await expect(authenticate(token.replace('submitter', 'admin'))).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  it('knows each machine by its token, and gives it its own scope alone', async () => {
    const scopes = ['worker:resolve', 'worker:attest', 'gateway', 'admin'] as const;
    const texts = Object.fromEntries(scopes.map((scope) => [scope, randomBytes(24).toString('hex')]));
    const hashes = Object.fromEntries(scopes.map((scope) => [scope, hashToken(texts[scope] ?? '')]));
    const { authenticate } = await identity(MachineTokens.parse(hashes));
    for (const scope of scopes)
      expect(await authenticate(texts[scope] ?? '')).toEqual({
        scope,
        subject: scope === 'admin' ? 'token:admin' : scope,
      });
    await expect(authenticate(hashes['admin'] ?? '')).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('knows nobody by anything else', async () => {
    const { authenticate, keep } = await identity({ gateway: hashToken('g') });
    await keep('ci', 'admin');
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 2 }), async (text) => {
        await expect(authenticate(text)).rejects.toMatchObject({ code: 'unauthenticated' });
      }),
    );
  });

  it('refuses a configuration where two machines share a token, or a scope is unknown', () => {
    const hash = hashToken('same');
    expect(MachineTokens.safeParse({ gateway: hash, admin: hash }).success).toBe(false);
    expect(MachineTokens.safeParse({ root: hash }).success).toBe(false);
    expect(MachineTokens.safeParse({ gateway: 'plain text' }).success).toBe(false);
  });
});

describe('mintToken', () => {
  it('names its scope, and needs 32 random bytes', () => {
    expect(mintToken('admin', Buffer.alloc(32, 255))).toBe(`assay_admin_${'_'.repeat(42)}8`);
    expect(() => mintToken('admin', Buffer.alloc(31))).toThrow(RangeError);
  });
});
