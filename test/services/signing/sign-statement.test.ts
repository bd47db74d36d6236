import { expect, test } from 'vitest';
import { canonicalJson } from '#core/json/canonical.ts';
import { signStatement } from '#services/signing/sign-statement.ts';
import { freshSigner } from '#test/harness/attesting/signed.ts';

test('a bundle is v0.3, names the key by its hint, has a blank keyid and holds the very bytes of the statement', async () => {
  const signer = await freshSigner();
  const statement = Buffer.from('{"_type":"https://in-toto.io/Statement/v1"}');
  const { bytes } = await signStatement(statement, signer);
  const bundle = JSON.parse(Buffer.from(bytes).toString());
  expect(bundle).toMatchObject({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint: signer.hint } },
    dsseEnvelope: { payloadType: 'application/vnd.in-toto+json', payload: statement.toString('base64') },
  });
  expect(bundle.dsseEnvelope.signatures).toHaveLength(1);
  expect(bundle.dsseEnvelope.signatures[0].keyid ?? '').toBe('');
  expect(Buffer.from(bytes).toString()).toBe(canonicalJson(bundle));
});

test('what the signer refuses is refused, not signed', async () => {
  const signer = { ...(await freshSigner()), sign: () => Promise.reject(new Error('the token is out')) };
  await expect(signStatement(Buffer.from('{}'), signer)).rejects.toThrow('the token is out');
});
