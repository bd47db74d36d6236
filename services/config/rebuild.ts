import { z } from '@hono/zod-openapi';
import { sandboxConfig, sandboxVariables } from './sandbox-variables.ts';
import { absolutePath, url } from './variables.ts';
import { workerConfig, workerVariables } from './worker.ts';

/** Environment of workers/rebuild: the sandbox, the gateway, the api and the queue. No registry, no key. docs/architecture.md#configuration */
export const RebuildConfig = z
  .object({
    ...workerVariables('rebuild', 1),
    ASSAY_GATEWAY_URL: url('http', 'https').describe('the gateway'),
    ...sandboxVariables,
    ASSAY_ROOTFS_DIR: absolutePath.describe('cache of root file systems, by digest'),
  })
  .transform((env) => ({
    ...workerConfig(env),
    gatewayUrl: env.ASSAY_GATEWAY_URL,
    ...sandboxConfig(env),
    rootfsDir: env.ASSAY_ROOTFS_DIR,
  }));
export type RebuildConfig = z.output<typeof RebuildConfig>;
