import { createPublicKey } from 'node:crypto';
import { createRequire } from 'node:module';
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import type { Answer, Given, InteropVerifier } from '../given.ts';

const { version } = createRequire(import.meta.url)('@sigstore/verify/package.json') as { version: string };

/** The library that npm verifies provenance with. */
export const sigstoreJs: InteropVerifier = {
  name: '@sigstore/verify',
  version,
  kinds: ['keyless', 'key'],
  verify: async ({ bundle, trustedRoot, signer }: Given): Promise<Answer> => {
    const material = toTrustMaterial(TrustedRoot.fromJSON(trustedRoot), () => ({
      publicKey: createPublicKey(signer.kind === 'key' ? signer.publicKeyPem : ''),
      validFor: () => true,
    }));
    const thresholds = { tlogThreshold: 1, timestampThreshold: 1 };
    const verifier = new Verifier(material, { ...thresholds, ctlogThreshold: signer.kind === 'key' ? 0 : 1 });
    try {
      verifier.verify(
        toSignedEntity(bundleFromJSON(bundle)),
        signer.kind === 'keyless'
          ? {
              // It takes a pattern that may match anywhere.
              subjectAlternativeName: anchored(signer.identity),
              extensions: { issuer: signer.issuer },
            }
          : undefined,
      );
      return { accepted: true, words: 'verified' };
    } catch (error) {
      return { accepted: false, words: error instanceof Error ? error.message : 'refused' };
    }
  },
};

function anchored(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
}
