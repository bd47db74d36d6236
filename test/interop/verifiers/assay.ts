import { createHash } from 'node:crypto';
import { trustMaterial } from '#verify/trust.ts';
import { verifyBundle } from '#verify/verify-bundle.ts';
import type { Answer, Given, InteropVerifier } from '../given.ts';

/** Ours. A key has to have witnesses here too, as a certificate always has. */
export const assay: InteropVerifier = {
  name: 'Assay',
  version: 'this commit',
  kinds: ['keyless', 'key'],
  verify: async ({ bundle, trustedRoot, artifact, predicateType, signer }: Given): Promise<Answer> => {
    const trust = trustMaterial({
      keys: signer.kind === 'key' ? [{ publicKeyPem: signer.publicKeyPem }] : [],
      trustedRootJson: JSON.stringify(trustedRoot),
      thresholds: { timestamps: 1, logEntries: 1 },
    });
    const { verified, sentence } = verifyBundle({
      bundleBytes: Buffer.from(JSON.stringify(bundle)),
      artifactSha256: createHash('sha256').update(artifact).digest('hex'),
      trust,
      expect: {
        predicateTypes: [predicateType],
        ...(signer.kind === 'keyless' && {
          identities: [{ identity: signer.identity, issuer: signer.issuer }],
        }),
      },
    });
    return { accepted: verified, words: sentence };
  },
};
