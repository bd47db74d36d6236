import { createPublicKey, verify, type KeyObject } from 'node:crypto';

/** Kinds of keys that are taken. Others (P-384, RSA-PSS, …) are hashed differently by different verifiers. */
export type KeyKind = 'ecdsa-p256' | 'ed25519' | 'rsa';

/** A public key that can check a signature, and what kind it is. */
export interface PublicKey {
  readonly kind: KeyKind;
  readonly key: KeyObject;
}

/** Why a key cannot be used, as the end of a sentence. */
export class UnusableKey extends Error {}

/** SubjectPublicKeyInfo in DER, or PKCS #1 for RSA. @throws UnusableKey */
export function publicKeyOf(der: Buffer, type: 'spki' | 'pkcs1' = 'spki'): PublicKey {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: der, format: 'der', type });
  } catch {
    throw new UnusableKey('not a public key');
  }
  return usable(key);
}

/** @throws UnusableKey where it is of a kind that is not taken */
export function usable(key: KeyObject): PublicKey {
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') return { kind: 'ecdsa-p256', key };
  if (key.asymmetricKeyType === 'ed25519') return { kind: 'ed25519', key };
  if (key.asymmetricKeyType === 'rsa' && modulusLength >= 2048 && modulusLength <= 8192)
    return { kind: 'rsa', key };
  throw new UnusableKey(
    `a key of ${namedCurve ?? key.asymmetricKeyType ?? 'no kind'}; ECDSA P-256, Ed25519 and RSA (2048 to 8192 bits) are taken`,
  );
}

/** Whether `key` made `signature` over `data`: ECDSA and RSA (PKCS #1 v1.5) with SHA-256. Never throws. */
export function isSignedBy({ kind, key }: PublicKey, data: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(kind === 'ed25519' ? null : 'sha256', data, key, signature);
  } catch {
    return false;
  }
}

export function spkiOf({ key }: PublicKey): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}
