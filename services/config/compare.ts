import { z } from '@hono/zod-openapi';
import { workerConfig, workerVariables } from './worker.ts';

/** Environment of workers/compare: the api and the queue. No key, no sandbox, no registry. docs/architecture.md#configuration */
export const CompareConfig = z.object(workerVariables('compare', 1)).transform(workerConfig);
export type CompareConfig = z.output<typeof CompareConfig>;
