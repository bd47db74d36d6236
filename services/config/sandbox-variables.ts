import { z } from '@hono/zod-openapi';
import { url } from './variables.ts';

/** Variables of whatever runs builds: which sandbox, and where the packages of root file systems come from. */
export const sandboxVariables = {
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
  ASSAY_DEBIAN_MIRROR: url('http', 'https')
    .optional()
    .describe("Debian mirror; default: this machine's own package sources"),
  ASSAY_CGROUPS: z
    .string()
    .optional()
    .describe('cgroups that were delegated to this worker: `memory=/folder,pids=/folder,…`'),
} as const;

type SandboxVariables = z.output<z.ZodObject<typeof sandboxVariables>>;

/** The same under plain names. */
export function sandboxConfig(env: SandboxVariables) {
  return {
    sandbox: env.ASSAY_SANDBOX,
    dockerHost: env.ASSAY_DOCKER_HOST,
    dockerRuntime: env.ASSAY_DOCKER_RUNTIME,
    debianMirror: env.ASSAY_DEBIAN_MIRROR,
    cgroups: env.ASSAY_CGROUPS,
  };
}
