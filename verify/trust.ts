import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { Verifier, type TrustMaterial } from '@sigstore/verify';

/** A key that is trusted, and for whom it may speak. */
export interface TrustedKey {
  /** SubjectPublicKeyInfo, PEM; ECDSA P-256. */
  readonly publicKeyPem: string;
  /** The only `builder.id`s that it may sign for. Absent: any, because whoever trusts the key did not say. */
  readonly builderIds?: readonly string[];
}

/** Trust material made ready once, for any number of bundles. */
export interface Trust {
  readonly keys: ReadonlyMap<string, { readonly builderIds: readonly string[] | undefined }>;
  readonly verifier: Verifier;
}

/** Why a key cannot be trusted, as a sentence. */
export class UnusableKey extends Error {}

/**
 * Trust in self-managed keys. No log and no time stamp is asked for: the key was given by whoever verifies, so there is
 * no certificate whose lifetime a time stamp would have to prove. The `witnesses` check says so.
 * @throws UnusableKey where a text is not the public key of ECDSA P-256
 */
export function trustKeys(trusted: readonly TrustedKey[]): Trust {
  const keys = new Map<string, { publicKey: KeyObject; builderIds: string[] | undefined }>();
  for (const { publicKeyPem, builderIds } of trusted) {
    const publicKey = parsePublicKey(publicKeyPem);
    const hint = createHash('sha256')
      .update(publicKey.export({ type: 'spki', format: 'der' }))
      .digest('base64');
    const before = keys.get(hint);
    // A key given twice may speak for both; given once without a limit, it has none.
    const both =
      before && (before.builderIds && builderIds ? [...before.builderIds, ...builderIds] : undefined);
    keys.set(hint, { publicKey, builderIds: before ? both : builderIds && [...builderIds] });
  }
  const material: TrustMaterial = {
    certificateAuthorities: [],
    timestampAuthorities: [],
    tlogs: [],
    ctlogs: [],
    publicKey: (hint) => {
      const key = keys.get(hint);
      if (!key) throw new UnusableKey('no trusted key has this hint');
      return { publicKey: key.publicKey, validFor: () => true };
    },
  };
  const verifier = new Verifier(material, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 });
  return { keys, verifier };
}

function parsePublicKey(pem: string): KeyObject {
  // createPublicKey derives the public key of a private one; whoever passes that made a mistake that must be seen.
  if (!/^-----BEGIN PUBLIC KEY-----/m.test(pem) || pem.includes('PRIVATE KEY'))
    throw new UnusableKey('not a public key in PEM (BEGIN PUBLIC KEY)');
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw new UnusableKey('a PEM text that holds no public key');
  }
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new UnusableKey('not an ECDSA key on P-256');
  return key;
}
