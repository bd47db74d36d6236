import { z } from '@hono/zod-openapi';
import { sandboxConfig, sandboxVariables } from './sandbox-variables.ts';
import { absolutePath } from './variables.ts';

/** Environment of `assay check`, which runs builds itself and has neither a key nor a service. */
export const CheckConfig = z
  .object({
    ...sandboxVariables,
    ASSAY_ROOTFS_DIR: absolutePath
      .optional()
      .describe('cache of root file systems, by digest; default: `check` in the data folder (docs/cli.md)'),
  })
  .transform((env) => ({
    ...sandboxConfig(env),
    rootfsDir: env.ASSAY_ROOTFS_DIR,
  }));
export type CheckConfig = z.output<typeof CheckConfig>;
