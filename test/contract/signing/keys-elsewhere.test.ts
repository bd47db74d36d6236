import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { awsKmsSigner } from '#services/signing/kms/aws-kms-signer.ts';
import { openSigning } from '#services/signing/open-signing.ts';
import { pkcs11Signer } from '#services/signing/pkcs11/pkcs11-signer.ts';
import { scratchFolder } from '#test/harness/attesting/signed.ts';
import { startTestKms, type TestKms } from '#test/harness/servers/kms.ts';
import { makeToken, type TestToken } from '#test/harness/signing/token.ts';

describe('a key in a token', () => {
  let token: TestToken;
  beforeAll(async () => {
    token = await makeToken();
    await token.makeKey('twin', '02', 'EC:prime256v1');
    await token.makeKey('large', '03', 'EC:secp384r1');
    await token.makeKey('old', '04', 'rsa:2048');
  });
  afterAll(() => token?.remove());

  const keyOf = (object: string) => ({ ...token.config, key: { token: 'assay', object } });

  test('is found by its label, by its id and by both, and each name is of another key', async () => {
    const twin = await pkcs11Signer(keyOf('twin'));
    expect((await pkcs11Signer(token.config)).hint).not.toBe(twin.hint);
    for (const key of [{ idHex: '02' }, { object: 'twin', idHex: '02' }])
      expect((await pkcs11Signer({ ...token.config, key: { token: 'assay', ...key } })).hint).toBe(twin.hint);
  });

  test('says where it is kept, for the level', async () => {
    const { custody } = await openSigning({ signer: { kind: 'pkcs11', ...token.config } });
    const { pinFile } = token.config;
    expect(custody).toEqual({ kind: 'pkcs11', token: 'assay', object: 'signing', pinFile });
  });

  test.each(['large', 'old'])('of another kind is refused at the start (%s)', async (object) => {
    await expect(pkcs11Signer(keyOf(object))).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('P-256'),
    });
  });

  test.each([
    ['key', { object: 'absent' }, /holds no such key/],
    ['token', { token: 'absent' }, /no PKCS #11 token of that name/],
  ])('a %s that is not there is named', async (_, change, message) => {
    const config = { ...token.config, key: { ...token.config.key, ...change } };
    await expect(pkcs11Signer(config)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(message),
      hint: expect.stringContaining('ASSAY_SIGNING_PKCS11'),
    });
  });

  test('a PIN that was refused is not tried again, so that the token does not lock itself; another one is', async () => {
    const pinFile = join(await scratchFolder(), 'pin');
    await writeFile(pinFile, token.pin, { mode: 0o600 });
    const signer = await pkcs11Signer({ ...token.config, pinFile });
    await writeFile(pinFile, 'not-the-pin');
    // A token locks itself after some wrong tries: with more than it bears, the right one is still good afterwards.
    for (let tried = 0; tried < 20; tried += 1)
      await expect(signer.sign(Buffer.from('x'))).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringContaining('not tried again'),
      });
    await writeFile(pinFile, token.pin);
    expect((await signer.sign(Buffer.from('x'))).material.kind).toBe('public-key');
  });
});

describe('a key in a key-management service', () => {
  let kms: TestKms;
  beforeAll(async () => {
    kms = await startTestKms();
  });
  afterAll(() => kms?.stop());

  test.each(['ECC_NIST_P384', 'RSA_2048'] as const)(
    'of another kind is refused at the start (%s)',
    async (spec) => {
      await expect(awsKmsSigner(await kms.makeKey(spec))).rejects.toMatchObject({
        code: 'usage',
        hint: expect.stringContaining('ECC_NIST_P256'),
      });
    },
  );

  test('an alias that is pointed to another key changes nothing until the next start', async () => {
    const [first, second] = [await kms.makeKey(), await kms.makeKey()];
    const alias = await kms.pointAlias('alias/assay', first);
    const signer = await awsKmsSigner(alias);
    await kms.pointAlias('alias/assay', second);
    const { material } = await signer.sign(Buffer.from('x'));
    expect(material).toMatchObject({ hint: signer.hint });
    expect((await awsKmsSigner(alias)).hint).toBe((await awsKmsSigner(second)).hint);
    expect((await awsKmsSigner(alias)).hint).not.toBe(signer.hint);
  });

  test('a key that is not there is unavailable, named by what the service calls it', async () => {
    const absent = { ...(await kms.makeKey()), keyId: '00000000-0000-4000-8000-000000000000' };
    await expect(awsKmsSigner(absent)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('NotFoundException'),
      hint: expect.stringContaining('ASSAY_SIGNING_KMS'),
    });
  });
});
