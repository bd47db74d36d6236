import { z } from '@hono/zod-openapi';
import { absolutePath } from './variables.ts';
import { workerConfig, workerVariables } from './worker.ts';

/** Environment of workers/attest: the only schema that names the signing key. docs/architecture.md#configuration */
export const AttestConfig = z
  .object({
    ...workerVariables('attest', 4),
    ASSAY_SIGNING_KEY_FILE: absolutePath.describe(
      'P-256 private key, PEM (PKCS#8), mode 0600; made where absent',
    ),
    ASSAY_BUILDER_ID: z
      .url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
      .max(500)
      .describe('`builder.id` of the statements'),
  })
  .transform((env) => ({
    ...workerConfig(env),
    signingKeyFile: env.ASSAY_SIGNING_KEY_FILE,
    builderId: env.ASSAY_BUILDER_ID,
  }));
export type AttestConfig = z.output<typeof AttestConfig>;
