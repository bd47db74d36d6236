import { z } from '@hono/zod-openapi';
import { absolutePath, url } from './variables.ts';
import { workerConfig, workerVariables } from './worker.ts';

/** Environment of workers/rebuild: the sandbox, the gateway, the api and the queue. No registry, no key. docs/architecture.md#configuration */
export const RebuildConfig = z
  .object({
    ...workerVariables('rebuild', 1),
    ASSAY_GATEWAY_URL: url('http', 'https').describe('the gateway'),
    ASSAY_SANDBOX: z
      .enum(['auto', 'bubblewrap', 'docker'])
      .default('auto')
      .describe('`auto`: Docker Engine where a usable one answers, else bubblewrap'),
    ASSAY_DOCKER_HOST: z
      .string()
      .regex(/^unix:\/\/\/./, 'must be unix:// and an absolute path')
      .default('unix:///var/run/docker.sock')
      .describe('socket of the Docker Engine'),
    ASSAY_DOCKER_RUNTIME: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be the name of an OCI runtime')
      .default('runc')
      .describe('`runc` or `runsc`'),
    ASSAY_ROOTFS_DIR: absolutePath.describe('cache of root file systems, by digest'),
    ASSAY_DEBIAN_MIRROR: url('http', 'https')
      .optional()
      .describe("Debian mirror; default: this machine's own package sources"),
    ASSAY_CGROUPS: z
      .string()
      .optional()
      .describe('cgroups that were delegated to this worker: `memory=/folder,pids=/folder,…`'),
  })
  .transform((env) => ({
    ...workerConfig(env),
    gatewayUrl: env.ASSAY_GATEWAY_URL,
    sandbox: env.ASSAY_SANDBOX,
    dockerHost: env.ASSAY_DOCKER_HOST,
    dockerRuntime: env.ASSAY_DOCKER_RUNTIME,
    rootfsDir: env.ASSAY_ROOTFS_DIR,
    debianMirror: env.ASSAY_DEBIAN_MIRROR,
    cgroups: env.ASSAY_CGROUPS,
  }));
export type RebuildConfig = z.output<typeof RebuildConfig>;
