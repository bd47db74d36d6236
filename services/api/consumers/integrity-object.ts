import { z } from 'zod';
import type { PublicBundle } from './public-bundles.ts';
import { publisherOf, type Publisher } from './publisher-of.ts';

/** A bundle as far as PEP 740 carries it over: one certificate, entries of a log with proof and time. */
const CarriedBundle = z.object({
  verificationMaterial: z.object({
    certificate: z.object({ rawBytes: z.base64().min(1) }),
    tlogEntries: z
      .array(
        z.looseObject({
          integratedTime: z.union([z.string(), z.number()]).transform(Number).optional(),
          inclusionProof: z.looseObject({}),
          canonicalizedBody: z.base64().min(1),
        }),
      )
      .min(1),
  }),
  dsseEnvelope: z.object({
    payload: z.base64().min(1),
    signatures: z.tuple([z.object({ sig: z.base64().min(1) })]),
  }),
});

/** The provenance object of one file. https://peps.python.org/pep-0740/#provenance-objects */
export interface ProvenanceObject {
  readonly version: 1;
  readonly attestation_bundles: readonly {
    readonly publisher: Publisher;
    readonly attestations: readonly AttestationObject[];
  }[];
}

interface AttestationObject {
  readonly version: 1;
  readonly verification_material: { readonly certificate: string; readonly transparency_entries: unknown[] };
  readonly envelope: { readonly statement: string; readonly signature: string };
}

/** A bundle in this shape, or why it has none. */
type Carried =
  { readonly publisher: Publisher; readonly attestation: AttestationObject } | { readonly reason: string };

/**
 * The bundles of one file as a provenance object, or why none of them can be told in this shape. All or nothing for each
 * bundle: what would be left out could be what its verification needs.
 */
export function provenanceObject(
  bundles: readonly PublicBundle[],
): { readonly object: ProvenanceObject } | { readonly reason: string } {
  const groups = new Map<string, { publisher: Publisher; attestations: AttestationObject[] }>();
  let reason = 'there is none';
  for (const { bundle } of bundles) {
    const carried = carry(bundle);
    if ('reason' in carried) {
      reason = carried.reason;
      continue;
    }
    const name = JSON.stringify(carried.publisher);
    const group = groups.get(name) ?? { publisher: carried.publisher, attestations: [] };
    group.attestations.push(carried.attestation);
    groups.set(name, group);
  }
  if (groups.size === 0) return { reason };
  return { object: { version: 1, attestation_bundles: [...groups.values()] } };
}

function carry(bundle: unknown): Carried {
  const read = CarriedBundle.safeParse(bundle);
  if (!read.success)
    return { reason: 'it is not signed with a certificate and logged with an inclusion proof' };
  const { verificationMaterial, dsseEnvelope } = read.data;
  // The shape has no place for an RFC 3161 time stamp, so that only the log's own time can prove when it was signed.
  if (verificationMaterial.tlogEntries.some(({ integratedTime }) => !integratedTime))
    return { reason: 'its log gives no time, and the shape has no place for the time stamp that does' };
  const { rawBytes } = verificationMaterial.certificate;
  const publisher = publisherOf(Buffer.from(rawBytes, 'base64'));
  if (!publisher) return { reason: 'its signer is none of the publishers that the shape knows' };
  // Entries as they came: a client checks them byte by byte.
  const { tlogEntries } = (bundle as { verificationMaterial: { tlogEntries: unknown[] } })
    .verificationMaterial;
  return {
    publisher,
    attestation: {
      version: 1,
      verification_material: { certificate: rawBytes, transparency_entries: tlogEntries },
      envelope: { statement: dsseEnvelope.payload, signature: dsseEnvelope.signatures[0].sig },
    },
  };
}
