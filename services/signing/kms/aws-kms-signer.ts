import { createHash } from 'node:crypto';
import { GetPublicKeyCommand, KMSClient, KMSServiceException, SignCommand } from '@aws-sdk/client-kms';
import { AppError } from '#core/errors/app-error.ts';
import { remoteSigner } from '../p256.ts';
import type { KeySigner } from '../signer.ts';
import type { KmsKey } from '#services/config/kms-uri.ts';

const timeoutMs = 20_000;
const algorithm = 'ECDSA_SHA_256';

/**
 * A key in AWS KMS (ECC_NIST_P256, SIGN_VERIFY), which is told the sha256 of what is signed. An alias is followed once,
 * at the start: where it is pointed to another key, this process goes on with the one that it registered. Credentials
 * are the SDK's own: its variables, or the role of the machine.
 * @throws AppError `usage` another kind of key; `unavailable`
 */
export async function awsKmsSigner(config: KmsKey): Promise<KeySigner & { readonly keyId: string }> {
  const client = new KMSClient({
    ...(config.endpoint !== undefined && { endpoint: config.endpoint }),
    ...(config.region !== undefined && { region: config.region }),
    requestHandler: { connectionTimeout: 5_000, socketTimeout: timeoutMs },
  });
  const shown = await client
    .send(new GetPublicKeyCommand({ KeyId: config.keyId }), { abortSignal: AbortSignal.timeout(timeoutMs) })
    .catch(rethrow);
  const { KeyId: keyId, PublicKey: spki, KeyUsage, SigningAlgorithms = [] } = shown;
  if (keyId === undefined || !spki || KeyUsage !== 'SIGN_VERIFY' || !SigningAlgorithms.includes(algorithm)) {
    throw new AppError('usage', 'The key in KMS is not of KeySpec ECC_NIST_P256 and KeyUsage SIGN_VERIFY.', {
      hint: 'aws kms create-key --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY makes one.',
    });
  }
  const signer = remoteSigner(`KMS key ${keyId}`, spki, async (pae, signal) => {
    signal?.throwIfAborted();
    const timeout = AbortSignal.timeout(timeoutMs);
    const command = new SignCommand({
      KeyId: keyId,
      Message: createHash('sha256').update(pae).digest(),
      MessageType: 'DIGEST',
      SigningAlgorithm: algorithm,
    });
    const answer = await client
      .send(command, { abortSignal: signal ? AbortSignal.any([signal, timeout]) : timeout })
      .catch((error: unknown) => {
        signal?.throwIfAborted();
        return rethrow(error);
      });
    return answer.Signature ?? new Uint8Array();
  });
  return { ...signer, keyId };
}

/** The SDK's errors hold requests and answers, so nothing of them is kept but the name that AWS documents. */
function rethrow(error: unknown): never {
  const name = error instanceof Error && /^[A-Za-z]{1,60}$/.test(error.name) ? error.name : 'no answer';
  const status = error instanceof KMSServiceException ? error.$metadata.httpStatusCode : undefined;
  throw new AppError(
    'unavailable',
    `The key-management service cannot be used (${name}${status === undefined ? '' : `, ${status}`}).`,
    {
      hint: 'Check ASSAY_SIGNING_KMS, AWS_REGION and the credentials of workers/attest; it is tried again by itself.',
    },
  );
}
