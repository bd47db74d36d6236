import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KmsUri } from '#services/config/kms-uri.ts';
import { Pkcs11Uri } from '#services/config/pkcs11-uri.ts';

describe('the name of a key in a token (RFC 7512)', () => {
  test.each([
    ['pkcs11:token=assay;object=signing', { token: 'assay', object: 'signing' }],
    ['pkcs11:object=signing;token=assay;type=private', { token: 'assay', object: 'signing' }],
    ['pkcs11:token=My%20token;id=%01%ff', { token: 'My token', idHex: '01ff' }],
    ['pkcs11:token=a;object=gr%C3%BCn;id=%00', { token: 'a', object: 'grün', idHex: '00' }],
  ])('%s', (uri, key) => {
    expect(Pkcs11Uri.parse(uri)).toEqual(key);
  });

  test.each([
    ['no token', 'pkcs11:object=signing'],
    ['no key', 'pkcs11:token=assay'],
    ['another scheme', 'token=assay;object=signing'],
    ['a PIN', 'pkcs11:token=assay;object=signing?pin-value=1234'],
    ['a module', 'pkcs11:token=assay;object=signing?module-path=/tmp/x.so'],
    ['an attribute that would be ignored', 'pkcs11:token=assay;object=signing;serial=1'],
    ['an attribute twice', 'pkcs11:token=assay;token=other;object=signing'],
    ['a public key', 'pkcs11:token=assay;object=signing;type=public'],
    ['a name that is cut short', 'pkcs11:token=assay;object=%4'],
    ['a control character', 'pkcs11:token=assay;object=a%0Ab'],
    ['bytes that are no text', 'pkcs11:token=assay;object=%ff%fe'],
    ['a name without end', `pkcs11:token=assay;object=${'a'.repeat(65)}`],
  ])('%s is refused', (_, uri) => {
    expect(Pkcs11Uri.safeParse(uri).success).toBe(false);
  });

  test('whatever is written with percent signs is read as it was', () => {
    fc.assert(
      fc.property(
        fc
          .string({ unit: 'grapheme', minLength: 1, maxLength: 10 })
          .filter((text) => /^[^\p{C}]+$/u.test(text)),
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        (object, id) => {
          fc.pre(Buffer.from(object).length <= 64 && object.isWellFormed());
          const hex = Buffer.from(id).toString('hex');
          const percent = hex.replace(/../g, (byte) => `%${byte}`);
          const uri = `pkcs11:token=t;object=${encodeURIComponent(object)};id=${percent}`;
          expect(Pkcs11Uri.parse(uri)).toEqual({ token: 't', object, idHex: hex });
        },
      ),
    );
  });
});

describe('the name of a key in a key-management service', () => {
  const id = '0d6e2a3c-1f4b-4c55-9a0e-6a0f9c1d2e3f';
  const arn = `arn:aws:kms:eu-central-1:111122223333:key/${id}`;
  test.each([
    [`awskms:///${id}`, { keyId: id }],
    ['awskms:///alias/assay/attest', { keyId: 'alias/assay/attest' }],
    [`awskms:///${arn}`, { keyId: arn, region: 'eu-central-1' }],
    [
      'awskms:///arn:aws:kms:us-east-1:111122223333:alias/assay',
      { keyId: 'arn:aws:kms:us-east-1:111122223333:alias/assay', region: 'us-east-1' },
    ],
    ['awskms://kms.example:8443/alias/assay', { keyId: 'alias/assay', endpoint: 'https://kms.example:8443' }],
    ['awskms://localhost:4566/alias/assay', { keyId: 'alias/assay', endpoint: 'http://localhost:4566' }],
  ])('%s', (uri, key) => {
    expect(KmsUri.parse(uri)).toEqual(key);
  });

  test.each([
    ['of another cloud', 'gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k'],
    ['without a key', 'awskms:///'],
    ['with a path that is no key', 'awskms:///key/../../x'],
    ['with an endpoint that holds a password', `awskms://user:password@kms.example/${id}`],
    ['with an endpoint that is no host', `awskms://kms.example:99999999/${id}`],
    ['of another service', 'awskms:///arn:aws:s3:us-east-1:111122223333:key/x'],
    ['that goes on', `awskms:///${id}?x=1`],
  ])('%s is refused', (_, uri) => {
    expect(KmsUri.safeParse(uri).success).toBe(false);
  });

  test('an endpoint that only looks like loopback is spoken to with TLS', () => {
    expect(KmsUri.parse('awskms://localhost.example/alias/a').endpoint).toBe('https://localhost.example');
    expect(KmsUri.parse('awskms://127.0.0.1.example/alias/a').endpoint).toBe('https://127.0.0.1.example');
  });
});
