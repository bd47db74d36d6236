/**
 * A process of its own for test/contract/queue.test.ts: `node queue-process.ts MODE URL JOB_ID`.
 * `take`: prints the id of the first message it is handed and never ends handling it. `wake`: opens the queue, wakes, ends.
 */
import { openQueue } from '#services/queue/open-queue.ts';

const [mode, url = '', jobId = ''] = process.argv.slice(2);
const queue = await openQueue(url);
if (mode === 'take') {
  await queue.work(
    'resolve',
    (message) => {
      process.stdout.write(`${message.jobId}\n`);
      return new Promise(() => undefined);
    },
    { concurrency: 1 },
  );
} else {
  await queue.wake('attest', { jobId });
  await queue.close();
}
