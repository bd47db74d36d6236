import { z } from 'zod';
import { Level } from './level.ts';

/** Verified property: two independently operated builders got the same bytes. https://slsa.dev/spec/v1.2/verified-properties */
export const reproducedProperty = 'SLSA_BUILD_REPRODUCED';

/** What we put into `verifiedLevels`: at most one level of the build track, the one property, or `FAILED` alone. */
export const VerifiedLevel = z.enum([...Level.options, reproducedProperty, 'FAILED']);
export type VerifiedLevel = z.infer<typeof VerifiedLevel>;
