import { z } from 'zod';

/** Lower-case hex of a SHA-256, 64 characters. The one digest by which Assay stores and compares bytes. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a sha256 is 64 lower-case hex digits');
export type Sha256 = z.infer<typeof Sha256>;

/** in-toto DigestSet as Assay writes it: always sha256. https://github.com/in-toto/attestation/blob/main/spec/v1/digest_set.md */
export const DigestSet = z.strictObject({ sha256: Sha256 });
export type DigestSet = z.infer<typeof DigestSet>;

/** Bytes that Assay holds: known by digest, of `size` bytes. */
export const ObjectRef = z.strictObject({ digest: DigestSet, size: z.int().nonnegative() });
export type ObjectRef = z.infer<typeof ObjectRef>;
