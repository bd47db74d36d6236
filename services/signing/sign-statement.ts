import { bundleToJSON } from '@sigstore/bundle';
import { DSSEBundleBuilder } from '@sigstore/sign';
import { canonicalJson } from '#core/json/canonical.ts';
import { statementPayloadType } from '#schemas/predicate-types.ts';
import type { Signer } from './signer.ts';

/**
 * A statement signed as a Sigstore bundle v0.3 (canonical JSON). `statement` is what core/statement/encode gave.
 * @throws AppError of the signer
 */
export async function signStatement(statement: Uint8Array, signer: Signer): Promise<Uint8Array> {
  const builder = new DSSEBundleBuilder({
    witnesses: [],
    signer: {
      sign: async (pae) => {
        const { signature, material } = await signer.sign(pae);
        return {
          signature: Buffer.from(signature),
          key: { $case: 'publicKey', publicKey: material.publicKeyPem, hint: material.hint },
        };
      },
    },
  });
  const bundle = await builder.create({ data: Buffer.from(statement), type: statementPayloadType });
  // cosign takes a keyid for the name of another key and then finds no signature.
  for (const signature of bundle.content.dsseEnvelope.signatures) signature.keyid = '';
  return new TextEncoder().encode(canonicalJson(bundleToJSON(bundle)));
}
