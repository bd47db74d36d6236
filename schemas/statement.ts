import { z } from 'zod';
import { Sha256 } from './digest.ts';
import { statementType } from './predicate-types.ts';

/**
 * What the verifier reads of any in-toto Statement v1 before it looks at the predicate: one subject, known by sha256.
 * Subjects are matched by digest only. https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
 */
export const Subject = z.strictObject({
  name: z.string().max(255).optional(),
  digest: z.strictObject({ sha256: Sha256 }),
});
export type Subject = z.infer<typeof Subject>;

export const Statement = z.strictObject({
  _type: z.literal(statementType),
  subject: z.array(Subject).length(1),
  predicateType: z.string().min(1).max(300),
  predicate: z.record(z.string(), z.unknown()),
});
export type Statement = z.infer<typeof Statement>;

/** The same before its subjects were counted and looked at, so that each has an answer of its own. */
export const StatementOfMany = Statement.extend({ subject: z.array(z.unknown()) });

/** Largest statement that Assay signs or reads, and largest bundle around one (base64 adds a third). */
export const statementBytesMax = 4 * 1024 ** 2;
export const bundleBytesMax = 6 * 1024 ** 2;
