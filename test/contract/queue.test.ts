import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openQueue } from '#services/queue/open-queue.ts';
import type { Queue } from '#services/queue/queue.ts';
import { queueBackends, type QueueBackend } from './queue-backends.ts';
import { Inbox } from './queue-inbox.ts';

const processFile = fileURLToPath(new URL('queue-process.ts', import.meta.url));

describe.each(queueBackends)('a queue on %s', (_name, start) => {
  let backend: QueueBackend;
  const open: Queue[] = [];
  const openOne = async (): Promise<Queue> => {
    const queue = await openQueue(backend.url);
    open.push(queue);
    return queue;
  };

  beforeAll(async () => {
    backend = await start();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((queue) => queue.close()));
  });
  afterAll(() => backend.server.stop());

  it('can be opened and used by four processes at the same time on a fresh server', async () => {
    const jobIds = Array.from({ length: 4 }, () => randomUUID());
    const run = promisify(execFile);
    await Promise.all(
      jobIds.map((jobId) => run(process.execPath, [processFile, 'wake', backend.url, jobId])),
    );
    const inbox = new Inbox();
    await (await openOne()).work('attest', inbox.take, { concurrency: 1 });
    await Promise.all(jobIds.map((jobId) => inbox.until(jobId)));
  });

  it('hands a message to a handler of its kind and to no other', async () => {
    const [producer, consumer] = [await openOne(), await openOne()];
    const [resolve, compare] = [new Inbox(), new Inbox()];
    await consumer.work('resolve', resolve.take, { concurrency: 2 });
    await consumer.work('compare', compare.take, { concurrency: 2 });
    const [first, second] = [randomUUID(), randomUUID()];
    await producer.wake('resolve', { jobId: first });
    await producer.wake('compare', { jobId: second });
    await Promise.all([resolve.until(first), compare.until(second)]);
    expect([resolve.count(second), compare.count(first)]).toEqual([0, 0]);
  });

  it('keeps what was woken before any consumer was there', async () => {
    const jobId = randomUUID();
    await (await openOne()).wake('resolve', { jobId });
    const inbox = new Inbox();
    await (await openOne()).work('resolve', inbox.take, { concurrency: 1 });
    await inbox.until(jobId);
  });

  it('delivers the same job again when it is woken again', async () => {
    const queue = await openOne();
    const inbox = new Inbox();
    await queue.work('resolve', inbox.take, { concurrency: 1 });
    const jobId = randomUUID();
    await queue.wake('resolve', { jobId });
    await inbox.until(jobId, 1);
    await queue.wake('resolve', { jobId });
    await inbox.until(jobId, 2);
  });

  it('runs as many handlers at once as the concurrency says, and no more', async () => {
    const queue = await openOne();
    let [running, most, ended] = [0, 0, 0];
    const jobIds = Array.from({ length: 12 }, () => randomUUID());
    const allEnded = Promise.withResolvers<void>();
    const three = Promise.withResolvers<void>();
    await Promise.all(jobIds.map((jobId) => queue.wake('rebuild', { jobId })));
    await queue.work(
      'rebuild',
      async () => {
        running += 1;
        most = Math.max(most, running);
        if (running === 3) three.resolve();
        await three.promise;
        // A round trip to the server: a fourth handler that could start would.
        await queue.wake('compare', { jobId: randomUUID() });
        running -= 1;
        ended += 1;
        if (ended === jobIds.length) allEnded.resolve();
      },
      { concurrency: 3 },
    );
    await allEnded.promise;
    expect(most).toBe(3);
  });

  it('delivers a message again when its handler throws', async () => {
    const queue = await openOne();
    const inbox = new Inbox();
    const jobId = randomUUID();
    await queue.work(
      'compare',
      async (message) => {
        await inbox.take(message);
        if (message.jobId === jobId && inbox.count(jobId) < 3) throw new Error('the api is away');
      },
      { concurrency: 1 },
    );
    await queue.wake('compare', { jobId });
    await inbox.until(jobId, 3);
  });

  it('delivers to another consumer what a consumer held that was killed with -9', async () => {
    const queue = await openOne();
    const jobId = randomUUID();
    await queue.wake('resolve', { jobId });
    const child = spawn(process.execPath, [processFile, 'take', backend.url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [taken] = await once(createInterface({ input: child.stdout }), 'line');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(taken).toBe(jobId);
    const inbox = new Inbox();
    await queue.work('resolve', inbox.take, { concurrency: 1 });
    await inbox.until(jobId);
  });

  it('waits at close for the handler under way and takes nothing more', async () => {
    const queue = await openOne();
    const [entered, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const events: string[] = [];
    const consumer = await queue.work(
      'attest',
      async (message) => {
        events.push(message.jobId);
        entered.resolve();
        await gate.promise;
        events.push('ended');
      },
      { concurrency: 1 },
    );
    const [first, second] = [randomUUID(), randomUUID()];
    await queue.wake('attest', { jobId: first });
    await entered.promise;
    const closed = consumer.close().then(() => events.push('closed'));
    await queue.wake('attest', { jobId: second });
    gate.resolve();
    await closed;
    expect(events).toEqual([first, 'ended', 'closed']);
    const inbox = new Inbox();
    await queue.work('attest', inbox.take, { concurrency: 1 });
    await inbox.until(second);
  });

  it('loses no more than the wakes in it when it is flushed: the same consumer gets new ones', async () => {
    const queue = await openOne();
    const inbox = new Inbox();
    const [lost, again] = [randomUUID(), randomUUID()];
    await queue.wake('rebuild', { jobId: lost });
    await backend.flush();
    await queue.work('rebuild', inbox.take, { concurrency: 1 });
    await queue.wake('rebuild', { jobId: again });
    await inbox.until(again);
    await backend.flush();
    await queue.wake('rebuild', { jobId: again });
    await inbox.until(again, 2);
    expect(inbox.count(lost)).toBe(0);
  });

  it('keeps its messages and its consumers when the server is killed with -9 and comes back', async () => {
    const [queue, other] = [await openOne(), await openOne()];
    const [kept, consumed] = [new Inbox(), new Inbox()];
    const [before, after] = [randomUUID(), randomUUID()];
    await queue.wake('resolve', { jobId: before });
    await other.work('compare', consumed.take, { concurrency: 1 });
    await backend.server.restart();
    await (await openOne()).work('resolve', kept.take, { concurrency: 1 });
    await kept.until(before);
    await (await openOne()).wake('compare', { jobId: after });
    await consumed.until(after);
  });

  it('says within six seconds that the server is away, and wakes again when it is back', async () => {
    const queue = await openOne();
    const inbox = new Inbox();
    const [before, later] = [randomUUID(), randomUUID()];
    await queue.work('attest', inbox.take, { concurrency: 1 });
    await queue.wake('attest', { jobId: before });
    await inbox.until(before);
    await backend.server.restart(async () => {
      for (const kind of ['attest', 'rebuild'] as const) {
        const started = performance.now();
        await expect(queue.wake(kind, { jobId: later })).rejects.toMatchObject({ code: 'unavailable' });
        expect(performance.now() - started).toBeLessThan(6_000);
      }
    });
    // As the sweeper does: what could not be sent is sent again.
    await vi.waitFor(() => queue.wake('attest', { jobId: later }), { timeout: 20_000 });
    await inbox.until(later);
  });

  it('can be closed while the server is away', async () => {
    const queue = await openQueue(backend.url);
    await queue.work('resolve', new Inbox().take, { concurrency: 1 });
    await queue.wake('attest', { jobId: randomUUID() });
    await backend.server.restart(async () => {
      const started = performance.now();
      await queue.close();
      expect(performance.now() - started).toBeLessThan(15_000);
    });
  });

  it('does not open while the server is away', async () => {
    await backend.server.restart(async () => {
      await expect(openQueue(backend.url)).rejects.toMatchObject({ code: 'unavailable' });
    });
  });
});
