import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { signGrant, verifyGrant } from '#services/gateway/grant.ts';
import { gatewayKey, grantOf } from './start-gateway.ts';

const now = new Date('2026-11-22T12:00:00Z');
const later = now.getTime() / 1000 + 60;
const refused = expect.objectContaining({ code: 'unauthenticated' });

describe('verifyGrant', () => {
  it('gives what was signed', async () => {
    const token = await signGrant(grantOf(), gatewayKey, later);
    expect(await verifyGrant(`Bearer ${token}`, gatewayKey, now)).toEqual(grantOf());
  });

  it('refuses a grant that has expired, or that another key signed', async () => {
    const expired = await signGrant(grantOf(), gatewayKey, later - 61);
    await expect(verifyGrant(`Bearer ${expired}`, gatewayKey, now)).rejects.toEqual(refused);
    const foreign = await signGrant(grantOf(), new Uint8Array(32).fill(1), later);
    await expect(verifyGrant(`Bearer ${foreign}`, gatewayKey, now)).rejects.toEqual(refused);
  });

  it('refuses a token of the same key that was not made for the gateway, or without an end', async () => {
    const signed = (jwt: SignJWT) => jwt.setProtectedHeader({ alg: 'HS256' }).sign(gatewayKey);
    const other = await signed(new SignJWT({ grant: grantOf() }).setAudience('api').setExpirationTime(later));
    await expect(verifyGrant(`Bearer ${other}`, gatewayKey, now)).rejects.toEqual(refused);
    const endless = await signed(new SignJWT({ grant: grantOf() }).setAudience('assay-gateway'));
    await expect(verifyGrant(`Bearer ${endless}`, gatewayKey, now)).rejects.toEqual(refused);
  });

  it('refuses a token that names no algorithm', async () => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const unsigned = `${part({ alg: 'none' })}.${part({ grant: grantOf(), aud: 'assay-gateway', exp: later })}.`;
    await expect(verifyGrant(`Bearer ${unsigned}`, gatewayKey, now)).rejects.toEqual(refused);
  });

  it.each([undefined, '', 'Bearer', 'Basic eA==', 'Bearer a b'])('refuses the header %j', async (header) => {
    await expect(verifyGrant(header, gatewayKey, now)).rejects.toEqual(refused);
  });
});
