import { setTimeout as delay } from 'node:timers/promises';
import { UnrecoverableError, type JobsOptions } from 'bullmq';
import { AppError } from '#core/errors/app-error.ts';
import { QueueMessage, type JobKind } from '#schemas/jobs.ts';
import type { Queue, QueueConsumer } from './queue.ts';
import type { Consumer, Producer, Transport } from './transport.ts';

export interface QueueOptions {
  /** Told of connections that break; BullMQ mends them by itself. Default: they pass in silence. */
  readonly onError?: (error: Error) => void;
}

/** How long the server may take to answer before it counts as away. */
const answerTimeoutMs = 5_000;

/**
 * No BullMQ job id is given: each wake is a message of its own, so that a job whose message was lost, or failed, can be
 * woken again. Delays between the tries: 0.5 s, 1 s, 2 s … 64 s.
 */
const messageOptions: JobsOptions = {
  attempts: 8,
  backoff: { type: 'exponential', delay: 500 },
  removeOnComplete: true,
  removeOnFail: { count: 100 },
};

/** The port over BullMQ, one BullMQ queue for each kind of job. */
export class BullmqQueue implements Queue {
  readonly #transport: Transport;
  readonly #onError: (error: Error) => void;
  readonly #producers = new Map<JobKind, Promise<Producer>>();
  readonly #consumers = new Set<QueueConsumer>();
  #closed = false;

  constructor(transport: Transport, options: QueueOptions = {}) {
    this.#transport = transport;
    this.#onError = options.onError ?? (() => undefined);
  }

  async wake(kind: JobKind, message: QueueMessage): Promise<void> {
    const producer = await this.#producer(kind);
    await this.#answered(producer.add(kind, { jobId: message.jobId }, messageOptions));
  }

  async work(
    kind: JobKind,
    handle: (message: QueueMessage) => Promise<void>,
    options: { concurrency: number },
  ): Promise<QueueConsumer> {
    this.#assertOpen();
    const underWay = new Set<Promise<void>>();
    const consumer = this.#transport.consumer(
      queueName(kind),
      async ({ data }) => {
        const message = QueueMessage.safeParse(data);
        if (!message.success) throw new UnrecoverableError('not a message of Assay');
        const work = handle(message.data);
        underWay.add(work);
        try {
          await work;
        } finally {
          underWay.delete(work);
        }
      },
      options.concurrency,
    );
    await this.#ready(consumer);
    let closing: Promise<void> | undefined;
    const working: QueueConsumer = {
      close: () => {
        closing ??= closeConsumer(consumer, underWay).finally(() => this.#consumers.delete(working));
        return closing;
      },
    };
    this.#consumers.add(working);
    return working;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#consumers].map((consumer) => consumer.close()));
    const producers = await Promise.allSettled(this.#producers.values());
    await Promise.all(
      producers.map((made) => (made.status === 'fulfilled' ? closeBounded(made.value) : undefined)),
    );
    await bounded(this.#transport.close());
  }

  /** One for each kind, kept; one that could not be made is forgotten, so that the next wake tries anew. */
  #producer(kind: JobKind): Promise<Producer> {
    this.#assertOpen();
    const kept = this.#producers.get(kind);
    if (kept !== undefined) return kept;
    const producer = this.#transport.producer(queueName(kind));
    const made = this.#ready(producer).then(() => producer);
    this.#producers.set(kind, made);
    made.catch(() => this.#producers.delete(kind));
    return made;
  }

  async #ready(client: Producer | Consumer): Promise<void> {
    client.on('error', (error) => this.#onError(error));
    try {
      await this.#answered(client.waitUntilReady());
    } catch (error) {
      await closeBounded(client);
      throw error;
    }
  }

  async #answered(answer: Promise<unknown>): Promise<void> {
    const { server } = this.#transport;
    const timer = new AbortController();
    const late = delay(answerTimeoutMs, undefined, { signal: timer.signal }).then(() => {
      throw new AppError(
        'unavailable',
        `${server} (the queue) did not answer within ${answerTimeoutMs / 1000} s`,
      );
    });
    try {
      await Promise.race([answer, late]);
    } catch (error) {
      if (error instanceof AppError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new AppError('unavailable', `${server} (the queue) cannot be reached: ${reason}`, {
        cause: error,
      });
    } finally {
      late.catch(() => undefined);
      timer.abort();
    }
  }

  #assertOpen(): void {
    if (this.#closed) throw new AppError('unavailable', 'the queue is closed');
  }
}

function queueName(kind: JobKind): string {
  return `assay-${kind}`;
}

/** Waits for the handlers under way, however long; then for BullMQ to say so to the server, for a bounded time. */
async function closeConsumer(consumer: Consumer, underWay: ReadonlySet<Promise<void>>): Promise<void> {
  const closed = consumer.close();
  while (underWay.size > 0) await Promise.allSettled(underWay);
  await bounded(closed, consumer);
}

async function closeBounded(client: Producer | Consumer): Promise<void> {
  await bounded(client.close(), client);
}

async function bounded(closed: Promise<void>, client?: Producer | Consumer): Promise<void> {
  const timer = new AbortController();
  const late = delay(answerTimeoutMs, 'late', { signal: timer.signal }).catch(() => 'stopped');
  try {
    // A server that is away cannot be told; what it held is delivered again when the locks run out.
    if ((await Promise.race([closed, late])) === 'late') await Promise.race([client?.disconnect(), late]);
  } catch {
    // The connection was broken already.
  } finally {
    timer.abort();
  }
}
