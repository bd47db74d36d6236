import { type KeyObject, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { UnusableKey, trustKeys } from '#verify/trust.ts';

const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = (key: KeyObject, type: string): string => key.export({ type, format: 'pem' } as never) as string;
const publicKeyPem = pem(p256.publicKey, 'spki');

test.each([
  ['a private key', pem(p256.privateKey, 'pkcs8')],
  ['a private key after a public one', publicKeyPem + pem(p256.privateKey, 'pkcs8')],
  ['an Ed25519 key', pem(generateKeyPairSync('ed25519').publicKey, 'spki')],
  ['a key on P-384', pem(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey, 'spki')],
  ['an RSA key', pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey, 'spki')],
  ['broken PEM', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'],
  ['nothing', ''],
])('%s is not trusted', (_, text) => {
  expect(() => trustKeys([{ publicKeyPem: text }])).toThrow(UnusableKey);
});

test('a key given for two builders may speak for both, and one given without a limit for any', () => {
  const [both] = trustKeys([
    { publicKeyPem, builderIds: ['https://a.example'] },
    { publicKeyPem, builderIds: ['https://b.example'] },
  ]).keys.values();
  expect(both?.builderIds).toEqual(['https://a.example', 'https://b.example']);
  const [any] = trustKeys([
    { publicKeyPem, builderIds: ['https://a.example'] },
    { publicKeyPem },
  ]).keys.values();
  expect(any?.builderIds).toBeUndefined();
});
