import { createHash, createPublicKey, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KeySigner } from '#services/signing/signer.ts';
import { freshSigner } from '#test/harness/attesting/signed.ts';

/** Every way to sign: what each promises behind the port. */
const signers: [string, () => Promise<KeySigner>][] = [['a P-256 key file', freshSigner]];

describe.each(signers)('%s', (_, open) => {
  test('signs any bytes such that its public key verifies exactly these', async () => {
    const signer = await open();
    const key = createPublicKey(signer.publicKeyPem);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 4096 }), async (pae) => {
        const { signature } = await signer.sign(pae);
        expect(verify('sha256', pae, key, signature)).toBe(true);
        expect(verify('sha256', Buffer.concat([pae, Buffer.from([0])]), key, signature)).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  test('is ECDSA on P-256, named by base64 of sha256 of the DER of its public key', async () => {
    const signer = await open();
    const key = createPublicKey(signer.publicKeyPem);
    expect(key.asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' });
    const der = key.export({ type: 'spki', format: 'der' });
    expect(signer.hint).toBe(createHash('sha256').update(der).digest('base64'));
  });

  test('gives with each signature the key that it was made with', async () => {
    const signer = await open();
    const { material } = await signer.sign(Buffer.from('x'));
    expect(material).toEqual({
      kind: 'public-key',
      hint: signer.hint,
      publicKeyPem: signer.publicKeyPem,
    });
  });

  test('signs many at once', async () => {
    const signer = await open();
    const key = createPublicKey(signer.publicKeyPem);
    const messages = Array.from({ length: 20 }, (_message, n) => Buffer.from(`message ${n}`));
    const signatures = await Promise.all(messages.map((message) => signer.sign(message)));
    for (const [n, { signature }] of signatures.entries())
      expect(verify('sha256', messages[n] ?? Buffer.alloc(0), key, signature)).toBe(true);
  });
});
