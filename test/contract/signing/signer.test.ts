import { afterAll, beforeAll } from 'vitest';
import { awsKmsSigner } from '#services/signing/kms/aws-kms-signer.ts';
import { pkcs11Signer } from '#services/signing/pkcs11/pkcs11-signer.ts';
import { freshSigner } from '#test/harness/attesting/signed.ts';
import { startTestKms, type TestKms } from '#test/harness/servers/kms.ts';
import { makeToken, type TestToken } from '#test/harness/signing/token.ts';
import { describeKeySigner } from './describe-signer.ts';

let token: TestToken;
let kms: TestKms;
beforeAll(async () => {
  token = await makeToken();
  kms = await startTestKms();
});
afterAll(async () => {
  await token?.remove();
  await kms?.stop();
});

// Without keys of its own: test/interop/fulcio.test.ts, on a real Fulcio.
describeKeySigner('a P-256 key file', freshSigner);
describeKeySigner('a key in a PKCS #11 token (SoftHSM)', () => pkcs11Signer(token.config), 10);
describeKeySigner('a key in AWS KMS (moto)', async () => awsKmsSigner(await kms.makeKey()), 10);
