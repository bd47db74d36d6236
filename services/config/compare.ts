import { z } from '@hono/zod-openapi';
import { absolutePath, logLevel, url, wholeNumber } from './variables.ts';

/** Environment of workers/compare: the api and the queue. No key, no sandbox, no registry. docs/architecture.md#configuration */
export const CompareConfig = z
  .object({
    ASSAY_API_URL: url('http', 'https'),
    ASSAY_QUEUE_URL: url('postgres', 'postgresql', 'redis', 'rediss'),
    ASSAY_WORKER_TOKEN: z.string().min(16),
    ASSAY_WORKER_NAME: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be a name of letters, digits, dots and dashes')
      .default('compare-1'),
    ASSAY_WORK_DIR: absolutePath,
    ASSAY_CONCURRENCY: wholeNumber(1, 64).default(1),
    ASSAY_LOG_LEVEL: logLevel,
    ASSAY_PARENT_PIPE: z.enum(['0', '1']).default('0'),
  })
  .transform((env) => ({
    apiUrl: env.ASSAY_API_URL,
    queueUrl: env.ASSAY_QUEUE_URL,
    workerToken: env.ASSAY_WORKER_TOKEN,
    workerName: env.ASSAY_WORKER_NAME,
    workDir: env.ASSAY_WORK_DIR,
    concurrency: env.ASSAY_CONCURRENCY,
    logLevel: env.ASSAY_LOG_LEVEL,
    parentPipe: env.ASSAY_PARENT_PIPE === '1',
  }));
export type CompareConfig = z.output<typeof CompareConfig>;
