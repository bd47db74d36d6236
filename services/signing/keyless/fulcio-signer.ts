import { generateKeyPair, sign, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Signer } from '../signer.ts';
import { certify } from './certificate-authority.ts';
import { challengeOf, type IdentityTokenSource } from './identity-token.ts';

const newKeyPair = promisify(generateKeyPair);

export interface FulcioConfig {
  readonly url: string;
  readonly identity: IdentityTokenSource;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Signs without a key of its own: for each signature a new key pair, a certificate of Fulcio that says whose it is, and
 * the key is forgotten. The token is seen by Fulcio alone.
 */
export function fulcioSigner({ url, identity, now }: FulcioConfig): Signer {
  return {
    sign: async (pae, signal) => {
      const token = await identity.token(signal);
      const challenge = challengeOf(token, now());
      const { publicKey, privateKey } = await newKeyPair('ec', { namedCurve: 'P-256' });
      const certificate = await certify(
        url,
        { token, publicKey, proof: signed(challenge, privateKey) },
        now,
        signal,
      );
      return { signature: signed(pae, privateKey), material: { kind: 'certificate', certificate } };
    },
  };
}

function signed(data: string | Uint8Array, key: KeyObject): Buffer {
  return sign('sha256', Buffer.from(data as string), key);
}
