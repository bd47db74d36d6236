import { z } from '@hono/zod-openapi';
import {
  absolutePath,
  listenAddress,
  logLevel,
  parentPipe,
  secretBytes,
  url,
  wholeNumber,
} from './variables.ts';

/** What the gateway is given: the api, the key of the grants, the registries. Never a signing key or a database. */
export const GatewayConfig = z
  .object({
    ASSAY_LISTEN: listenAddress.describe('`host:port`; port 0 picks one'),
    ASSAY_API_URL: url('https', 'http').describe('the api'),
    ASSAY_GATEWAY_TOKEN: z.string().min(16).describe('its token for the api'),
    ASSAY_GATEWAY_KEY: secretBytes(32).describe('signs grants; shared with the api'),
    ASSAY_PYPI_URL: url('https', 'http')
      .optional()
      .describe('upstream; default: what pip is configured with'),
    ASSAY_WORK_DIR: absolutePath.optional().describe('scratch; default: the folder for temporary files'),
    ASSAY_GATEWAY_CACHE_BYTES: wholeNumber(0)
      .default(1024 ** 3)
      .describe('files kept on disk between builds'),
    ASSAY_PARENT_PIPE: parentPipe,
    ASSAY_LOG_LEVEL: logLevel,
  })
  .transform((v) => ({
    listen: v.ASSAY_LISTEN,
    apiUrl: v.ASSAY_API_URL,
    token: v.ASSAY_GATEWAY_TOKEN,
    key: v.ASSAY_GATEWAY_KEY,
    upstreams: { ASSAY_PYPI_URL: v.ASSAY_PYPI_URL } as Readonly<Record<string, string | undefined>>,
    workDir: v.ASSAY_WORK_DIR,
    cacheBytesMax: v.ASSAY_GATEWAY_CACHE_BYTES,
    parentPipe: v.ASSAY_PARENT_PIPE === '1',
    logLevel: v.ASSAY_LOG_LEVEL,
  }));
export type GatewayConfig = z.output<typeof GatewayConfig>;
