import { z } from 'zod';
import { DigestSet } from './digest.ts';

/** A plain file name: no separator, no control character; never used as a path without a folder of our own before it. */
export const FileName = z
  .string()
  .min(1)
  .max(255)
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  .regex(/^[^/\\\u0000-\u001f\u007f]+$/, 'a file name without separators and control characters')
  .refine((name) => name !== '.' && name !== '..', 'a file name');

/** Package URL, ECMA-427, as text. Parsed and normalised by core/purl. */
export const Purl = z.string().min(5).max(1024).startsWith('pkg:');

/** One published file, known by its digest; a purl and a file name lead to it. */
export const Artifact = z.strictObject({
  purl: Purl.optional(),
  file: FileName,
  digest: DigestSet,
  size: z.int().nonnegative(),
});
export type Artifact = z.infer<typeof Artifact>;

export const Visibility = z.enum(['public', 'private']);
export type Visibility = z.infer<typeof Visibility>;
