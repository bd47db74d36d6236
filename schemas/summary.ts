import { z } from 'zod';
import { DigestSet, ObjectRef } from './digest.ts';
import { Policy } from './policy.ts';
import { HostileText, Instant } from './text.ts';
import { VerifiedLevel } from './verified-level.ts';

/** Body of `POST /v1/rebuilds/{id}/summaries`: the policy that the rebuild is to be held against. */
export const SummaryRequest = z.strictObject({ policy: Policy });
export type SummaryRequest = z.infer<typeof SummaryRequest>;

/** What the signer made of one policy. */
export const SummaryOutcome = z.strictObject({
  result: z.enum(['PASSED', 'FAILED']),
  verifiedLevels: z.array(VerifiedLevel).min(1).max(2),
  missing: z
    .array(z.strictObject({ requirement: z.string().max(40), expected: HostileText, actual: HostileText }))
    .max(100)
    .describe('what the policy asks for and is not so'),
  reproduced: z
    .strictObject({ holds: z.boolean(), missing: z.array(z.string().max(500)).max(10) })
    .describe('whether SLSA_BUILD_REPRODUCED may be said, and else what is missing'),
});
export type SummaryOutcome = z.infer<typeof SummaryOutcome>;

/**
 * One policy that was asked for, as shown. `pending`: the signer, or something that it needs, could not be had yet; it is
 * tried again by itself. `refused`: the signer would not; `detail` says why. Only what is complete has a bundle.
 */
export const Summary = z.strictObject({
  policy: z.strictObject({ digest: DigestSet, name: z.string().max(100).optional() }),
  askedAt: Instant,
  state: z.enum(['pending', 'complete', 'refused']),
  detail: HostileText.optional(),
  outcome: SummaryOutcome.optional(),
  bundle: ObjectRef.optional(),
});
export type Summary = z.infer<typeof Summary>;
