import { createHash, createPublicKey, verify, X509Certificate, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KeySigner, Material, Signer } from '#services/signing/signer.ts';

/** What every way to sign promises behind the port. `runs`: how many messages are signed in the property test. */
export function describeSigner(name: string, open: () => Promise<Signer>, runs = 50): void {
  describe(name, () => {
    test('signs any bytes such that what comes with the signature verifies exactly these', async () => {
      const signer = await open();
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 4096 }), async (pae) => {
          const { signature, material } = await signer.sign(pae);
          const key = keyOf(material);
          expect(verify('sha256', pae, key, signature)).toBe(true);
          expect(verify('sha256', Buffer.concat([pae, Buffer.from([0])]), key, signature)).toBe(false);
        }),
        { numRuns: runs },
      );
    });

    test('is ECDSA on P-256', async () => {
      const { material } = await (await open()).sign(Buffer.from('x'));
      expect(keyOf(material).asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' });
    });

    test('signs the same bytes twice with two signatures: a log takes each once', async () => {
      const signer = await open();
      const [first, second] = [await signer.sign(Buffer.from('x')), await signer.sign(Buffer.from('x'))];
      expect(Buffer.from(first.signature)).not.toEqual(Buffer.from(second.signature));
    });

    test('signs many at once', async () => {
      const signer = await open();
      const messages = Array.from({ length: 20 }, (_message, n) => Buffer.from(`message ${n}`));
      const signed = await Promise.all(messages.map((message) => signer.sign(message)));
      for (const [n, { signature, material }] of signed.entries())
        expect(verify('sha256', messages[n] ?? Buffer.alloc(0), keyOf(material), signature)).toBe(true);
    });

    test('makes no signature for who has given up', async () => {
      const signer = await open();
      const signal = AbortSignal.abort(new Error('the lease is lost'));
      await expect(signer.sign(Buffer.from('x'), signal)).rejects.toThrow('the lease is lost');
    });
  });
}

/** The same, and what a signer with one key of its own promises beside it. */
export function describeKeySigner(name: string, open: () => Promise<KeySigner>, runs = 50): void {
  describeSigner(name, open, runs);
  describe(name, () => {
    test('names its key by base64 of sha256 of the DER of its public key', async () => {
      const signer = await open();
      const der = createPublicKey(signer.publicKeyPem).export({ type: 'spki', format: 'der' });
      expect(signer.hint).toBe(createHash('sha256').update(der).digest('base64'));
    });

    test('gives with each signature the key that it showed', async () => {
      const { hint, publicKeyPem, sign } = await open();
      for (const message of ['x', 'y'])
        expect((await sign(Buffer.from(message))).material).toEqual({
          kind: 'public-key',
          hint,
          publicKeyPem,
        });
    });
  });
}

function keyOf(material: Material): KeyObject {
  return material.kind === 'public-key'
    ? createPublicKey(material.publicKeyPem)
    : new X509Certificate(material.certificate).publicKey;
}
