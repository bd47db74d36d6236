import { z } from '@hono/zod-openapi';
import { signingConfig, signingVariables, withSigningRules } from './signing.ts';
import { workerConfig, workerVariables } from './worker.ts';

/** Environment of workers/attest: the only schema that names the signing key. docs/signing.md */
export const AttestConfig = withSigningRules(
  z.object({
    ...workerVariables('attest', 4),
    ...signingVariables,
    ASSAY_BUILDER_ID: z
      .url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
      .max(500)
      .describe('`builder.id` of the statements'),
  }),
).transform((env) => ({
  ...workerConfig(env),
  signing: signingConfig(env),
  builderId: env.ASSAY_BUILDER_ID,
}));
export type AttestConfig = z.output<typeof AttestConfig>;
