import { bundleFromJSON, type Bundle } from '@sigstore/bundle';
import { z } from 'zod';

export const bundleMediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/**
 * Base64 in which one bit changed is another value or none: both alphabets (DSSE), padded, no stray bits in the last
 * character. Node's own decoder takes anything.
 */
const base64 = z.string().refine((text) => {
  const standard = text.replaceAll('-', '+').replaceAll('_', '/');
  return Buffer.from(standard, 'base64').toString('base64') === standard;
}, 'base64');

/** Members that a bundle v0.3 may have; whatever else is there would be read by another verifier and not by us. */
const BundleShape = z.strictObject({
  mediaType: z.literal(bundleMediaType),
  verificationMaterial: z.strictObject({
    publicKey: z.strictObject({ hint: z.string().min(1).max(200) }),
    tlogEntries: z.array(z.unknown()).max(16).optional(),
    timestampVerificationData: z
      .strictObject({ rfc3161Timestamps: z.array(z.unknown()).max(16).optional() })
      .optional(),
  }),
  dsseEnvelope: z.strictObject({
    payload: base64.min(1),
    payloadType: z.string().max(200),
    signatures: z.tuple([z.strictObject({ sig: base64.min(1), keyid: z.literal('').optional() })]),
  }),
});

/** A bundle whose shape was checked; nothing of it is verified. */
export interface ParsedBundle {
  readonly bundle: Bundle;
  readonly hint: string;
  readonly payloadType: string;
  readonly payload: Uint8Array;
  readonly logEntries: number;
  readonly timestamps: number;
}

/** Reads `value` (strict JSON) as a Sigstore bundle v0.3 signed by a self-managed key. Never throws. */
export function parseBundle(value: unknown): ParsedBundle | { readonly fault: string } {
  const shape = BundleShape.safeParse(value);
  if (!shape.success) {
    const [issue] = shape.error.issues;
    return { fault: issue ? `${issue.path.join('.') || 'bundle'}: ${issue.message}` : 'not a bundle' };
  }
  let bundle: Bundle;
  try {
    bundle = bundleFromJSON(shape.data);
  } catch (error) {
    return { fault: error instanceof Error ? error.message : 'not a bundle' };
  }
  if (bundle.content.$case !== 'dsseEnvelope') return { fault: 'no DSSE envelope' };
  const { payload, payloadType } = bundle.content.dsseEnvelope;
  const { tlogEntries, timestampVerificationData, publicKey } = shape.data.verificationMaterial;
  return {
    bundle,
    hint: publicKey.hint,
    payloadType,
    payload,
    logEntries: tlogEntries?.length ?? 0,
    timestamps: timestampVerificationData?.rfc3161Timestamps?.length ?? 0,
  };
}
