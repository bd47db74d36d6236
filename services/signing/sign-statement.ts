import { createHash } from 'node:crypto';
import { bundleToJSON, toDSSEBundle } from '@sigstore/bundle';
import { canonicalJson } from '#core/json/canonical.ts';
import { statementPayloadType } from '#schemas/predicate-types.ts';
import { preAuthEncoding } from '#verify/sigstore/pre-auth-encoding.ts';
import type { Signature, Signer } from './signer.ts';
import type { Testimony, Witness } from './witness/witness.ts';

/** A statement with one signature, and the bundle that holds both and what the witnesses said. */
export interface SignedStatement {
  /** A Sigstore bundle v0.3, canonical JSON. */
  readonly bytes: Uint8Array;
  readonly signature: Signature;
}

/**
 * A statement signed as a Sigstore bundle v0.3, in front of `witnesses`, who are asked one after the other. `statement`
 * is what core/statement/encode gave.
 * @throws AppError of the signer or of the first witness that cannot testify
 */
export async function signStatement(
  statement: Uint8Array,
  signer: Signer,
  witnesses: readonly Witness[] = [],
  signal?: AbortSignal,
): Promise<SignedStatement> {
  const pae = preAuthEncoding(statementPayloadType, statement);
  const signature = await signer.sign(pae, signal);
  const paeSha256 = createHash('sha256').update(pae).digest();
  const testimonies: Testimony[] = [];
  for (const witness of witnesses)
    testimonies.push(await witness.testify({ ...signature, paeSha256 }, signal));
  return { bytes: encodeBundle(statement, signature, testimonies), signature };
}

function encodeBundle(
  statement: Uint8Array,
  { signature, material }: Signature,
  testimonies: readonly Testimony[],
): Uint8Array {
  const bundle = toDSSEBundle({
    artifact: Buffer.from(statement),
    artifactType: statementPayloadType,
    signature: Buffer.from(signature),
    certificateChain: false,
    ...(material.kind === 'certificate'
      ? { certificate: Buffer.from(material.certificate) }
      : { keyHint: material.hint }),
  });
  // cosign takes a keyid for the name of another key and then finds no signature.
  for (const each of bundle.content.dsseEnvelope.signatures) each.keyid = '';
  const encoded = bundleToJSON(bundle) as { verificationMaterial: Record<string, unknown> };
  for (const testimony of testimonies) Object.assign(encoded.verificationMaterial, testimony.material);
  return new TextEncoder().encode(canonicalJson(encoded));
}
