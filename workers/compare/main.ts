import { CompareConfig } from '#services/config/compare.ts';
import { readConfig } from '#services/config/read.ts';
import { runMain } from '#services/process/run-main.ts';
import { startWorker } from '../runtime/start-worker.ts';
import { createCompareHandler } from './handler.ts';

runMain('compare', async () => {
  const config = readConfig(CompareConfig, process.env);
  await startWorker('compare', config, async () => createCompareHandler());
});
