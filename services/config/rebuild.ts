import { z } from '@hono/zod-openapi';
import { absolutePath, logLevel, url, wholeNumber } from './variables.ts';

/** Environment of workers/rebuild: the sandbox, the gateway, the api and the queue. No registry, no key. docs/architecture.md#configuration */
export const RebuildConfig = z
  .object({
    ASSAY_API_URL: url('http', 'https'),
    ASSAY_QUEUE_URL: url('postgres', 'postgresql', 'redis', 'rediss'),
    ASSAY_WORKER_TOKEN: z.string().min(16),
    ASSAY_WORKER_NAME: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be a name of letters, digits, dots and dashes')
      .default('rebuild-1'),
    ASSAY_WORK_DIR: absolutePath,
    ASSAY_CONCURRENCY: wholeNumber(1, 64).default(1),
    ASSAY_GATEWAY_URL: url('http', 'https').describe('the gateway'),
    ASSAY_SANDBOX: z.enum(['auto', 'bubblewrap', 'docker']).default('auto'),
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
    ASSAY_PARENT_PIPE: z.enum(['0', '1']).default('0'),
    ASSAY_LOG_LEVEL: logLevel,
  })
  .transform((env) => ({
    apiUrl: env.ASSAY_API_URL,
    queueUrl: env.ASSAY_QUEUE_URL,
    workerToken: env.ASSAY_WORKER_TOKEN,
    workerName: env.ASSAY_WORKER_NAME,
    workDir: env.ASSAY_WORK_DIR,
    concurrency: env.ASSAY_CONCURRENCY,
    gatewayUrl: env.ASSAY_GATEWAY_URL,
    sandbox: env.ASSAY_SANDBOX,
    dockerHost: env.ASSAY_DOCKER_HOST,
    dockerRuntime: env.ASSAY_DOCKER_RUNTIME,
    rootfsDir: env.ASSAY_ROOTFS_DIR,
    debianMirror: env.ASSAY_DEBIAN_MIRROR,
    cgroups: env.ASSAY_CGROUPS,
    logLevel: env.ASSAY_LOG_LEVEL,
    parentPipe: env.ASSAY_PARENT_PIPE === '1',
  }));
export type RebuildConfig = z.output<typeof RebuildConfig>;
