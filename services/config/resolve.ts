import { z } from '@hono/zod-openapi';
import { url } from './variables.ts';
import { workerConfig, workerVariables } from './worker.ts';

/** Environment of workers/resolve: registries, the api and the queue. No key, no sandbox. docs/architecture.md#configuration */
export const ResolveConfig = z
  .object({
    ...workerVariables('resolve', 4),
    ASSAY_PYPI_URL: url('https', 'http')
      .optional()
      .describe('registry; default: what pip is configured with'),
  })
  .transform((env) => ({
    ...workerConfig(env),
    upstreams: { ASSAY_PYPI_URL: env.ASSAY_PYPI_URL } as Readonly<Record<string, string | undefined>>,
  }));
export type ResolveConfig = z.output<typeof ResolveConfig>;
