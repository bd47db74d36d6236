import { createPublicKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { keyHint } from '#services/signing/signer.ts';

const publicKeyPem = [
  '-----BEGIN PUBLIC KEY-----',
  'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAENscZCVIjMDlLp5TpONgdVEeVdoCl',
  'bNWTvlbVSLdPQCujahfeZpZ4XrvlqOGAVU1oCW+kDwSH06GSgtrzWFHQTg==',
  '-----END PUBLIC KEY-----',
].join('\n');

test('the hint of a key is base64 of sha256 of its DER', () => {
  // openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | base64
  expect(keyHint(createPublicKey(publicKeyPem))).toBe('gn1af0Klcw48K/boocjCHAgRhvDdiw4nP79HNVbSBbY=');
});
