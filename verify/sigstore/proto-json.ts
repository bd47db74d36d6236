import { z } from 'zod';

/** How protobuf writes its values in JSON (https://protobuf.dev/programming-guides/json/), in the strict half of it. */

/**
 * Base64 in which one bit changed is another value or none: both alphabets, padded, no stray bits in the last
 * character. Node's own decoder takes anything.
 */
export const base64Bytes = z.string().transform((text, context): Buffer => {
  const standard = text.replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Buffer.from(standard, 'base64');
  if (bytes.toString('base64') === standard) return bytes;
  context.addIssue({ code: 'custom', message: 'not base64' });
  return z.NEVER;
});

/** An int64 that counts something: decimal text or a number; zero may be left out. Above 2^53 is refused. */
export const count = z
  .union([
    z
      .string()
      .regex(/^(?:0|[1-9]\d{0,15})$/)
      .transform(Number),
    z.int(),
  ])
  .nullish()
  .transform((value) => value ?? 0)
  .refine((value) => Number.isSafeInteger(value) && value >= 0, 'not a count');

/** A member that may be left out; protobuf reads `null` as left out. */
export function optional<S extends z.ZodType>(schema: S) {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** An RFC 3339 time stamp. */
export const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
