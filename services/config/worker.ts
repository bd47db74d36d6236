import { z } from '@hono/zod-openapi';
import type { JobKind } from '#schemas/jobs.ts';
import { absolutePath, logLevel, parentPipe, url, wholeNumber } from './variables.ts';

/** The variables of every worker; each kind's schema adds its own. docs/architecture.md#configuration */
export function workerVariables(kind: JobKind, concurrency: number) {
  return {
    ASSAY_API_URL: url('http', 'https').describe('the api'),
    ASSAY_QUEUE_URL: url('postgres', 'postgresql', 'redis', 'rediss').describe('what wakes workers'),
    ASSAY_WORKER_TOKEN: z.string().min(16).describe(`its token, of scope worker:${kind}`),
    ASSAY_WORKER_NAME: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be a name of letters, digits, dots and dashes')
      .default(`${kind}-1`)
      .describe('stable name of this slot; names what is left over'),
    ASSAY_WORK_DIR: absolutePath.describe('scratch'),
    ASSAY_CONCURRENCY: wholeNumber(1, 64).default(concurrency).describe('jobs at once'),
    ASSAY_LOG_LEVEL: logLevel,
    ASSAY_PARENT_PIPE: parentPipe,
  };
}

type WorkerVariables = z.output<z.ZodObject<ReturnType<typeof workerVariables>>>;

/** The same under plain names, as workers/runtime takes them. */
export function workerConfig(env: WorkerVariables) {
  return {
    apiUrl: env.ASSAY_API_URL,
    queueUrl: env.ASSAY_QUEUE_URL,
    workerToken: env.ASSAY_WORKER_TOKEN,
    workerName: env.ASSAY_WORKER_NAME,
    workDir: env.ASSAY_WORK_DIR,
    concurrency: env.ASSAY_CONCURRENCY,
    logLevel: env.ASSAY_LOG_LEVEL,
    parentPipe: env.ASSAY_PARENT_PIPE === '1',
  };
}

/** What every kind of worker is configured with. */
export type WorkerConfig = ReturnType<typeof workerConfig>;
