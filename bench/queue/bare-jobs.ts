import { randomUUID } from 'node:crypto';
import { createPostgresTransport } from '#services/queue/postgres-transport.ts';
import type { Consumer, Producer } from '#services/queue/transport.ts';

const steps = 4;

/**
 * The reference: BullMQ alone, four queues, where each job's worker adds the next one, as one stage of a rebuild follows
 * another. No state is kept beside the queue.
 */
export async function startBareJobs(
  queueUrl: string,
  concurrency: number,
): Promise<{ carry(count: number): Promise<void>; close(): Promise<void> }> {
  const transport = createPostgresTransport(queueUrl);
  await transport.prepare();
  const producers: Producer[] = [];
  const consumers: Consumer[] = [];
  let ended = (): void => undefined;
  const add = async (step: number, jobId: string): Promise<void> => {
    const producer = producers[step];
    if (producer === undefined) ended();
    else await producer.add('bare', { jobId }, { removeOnComplete: true });
  };
  for (let step = 0; step < steps; step += 1) {
    const name = `bench-bare-${step}`;
    const consumer = transport.consumer(
      name,
      async ({ data }: { data: { jobId: string } }) => add(step + 1, data.jobId),
      concurrency,
    );
    producers.push(transport.producer(name));
    consumers.push(consumer);
  }
  for (const client of [...producers, ...consumers]) {
    client.on('error', () => undefined);
    await client.waitUntilReady();
  }
  return {
    carry: async (count) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      let left = count;
      ended = () => {
        left -= 1;
        if (left === 0) resolve();
      };
      const submitter = async (first: number): Promise<void> => {
        for (let index = first; index < count; index += concurrency) await add(0, randomUUID());
      };
      await Promise.all(Array.from({ length: concurrency }, (_, first) => submitter(first)));
      await promise;
    },
    close: async () => {
      await Promise.all([...consumers, ...producers].map((client) => client.close()));
      await transport.close();
    },
  };
}
