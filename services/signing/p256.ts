import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { AppError } from '#core/errors/app-error.ts';
import { keyHint, type KeySigner, type Signature } from './signer.ts';

/** A public key that was given to us, and its name. @throws AppError `usage` where it is none of ECDSA on P-256 */
function p256PublicKey(
  spki: Uint8Array,
  place: string,
): { key: KeyObject; hint: string; publicKeyPem: string } {
  let key: KeyObject | undefined;
  try {
    key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch {
    // Told below: the parser's words add nothing.
  }
  if (key?.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw notP256(place);
  return { key, hint: keyHint(key), publicKeyPem: key.export({ type: 'spki', format: 'pem' }).toString() };
}

/** @returns an AppError `usage`; `place` says whose key it is, such as `PKCS #11 token assay` */
export function notP256(place: string): AppError {
  return new AppError('usage', `The key of ${place} is not an ECDSA key on P-256.`, {
    hint: 'Transparency logs and other verifiers accept P-256: make such a key.',
  });
}

/**
 * A signer whose key lies elsewhere. What comes back is verified before it is used: the other side may have changed the
 * key, and a signature that does not verify must not leave.
 */
export function remoteSigner(
  place: string,
  spki: Uint8Array,
  signRemotely: (pae: Uint8Array, signal?: AbortSignal) => Promise<Uint8Array>,
): KeySigner {
  const { key, hint, publicKeyPem } = p256PublicKey(spki, place);
  return {
    hint,
    publicKeyPem,
    sign: async (pae, signal): Promise<Signature> => {
      const signature = await signRemotely(pae, signal);
      if (!verify('sha256', pae, key, signature)) {
        throw new AppError(
          'unavailable',
          `The signature of ${place} is not of the key that it showed at the start.`,
          {
            hint: 'Start workers/attest again where the key was changed.',
          },
        );
      }
      return { signature, material: { kind: 'public-key', hint, publicKeyPem } };
    },
  };
}
