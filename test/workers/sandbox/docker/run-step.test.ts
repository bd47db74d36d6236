import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultLimits } from '#schemas/recipe.ts';
import { connectEngine } from '#workers/sandbox/docker/engine.ts';
import { runStep } from '#workers/sandbox/docker/run-step.ts';
import { createLogPump } from '#workers/sandbox/log-pump.ts';

let folder: string;
let server: Server;
let asked: string[];

/** An engine that starts what it is told to start, and from then on answers nothing, as a stopped process does. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-frozen-'));
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url?.includes('/attach')) response.writeHead(200).flushHeaders();
    if (request.url?.endsWith('/start')) response.writeHead(204).end();
  });
  await once(server.listen(join(folder, 'engine.sock')), 'listening');
});
afterEach(async () => {
  vi.useRealTimers();
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

function watch(limits: Partial<typeof defaultLimits>, signal = new AbortController().signal) {
  return {
    limits: { ...defaultLimits, ...limits },
    cpuSecondsBefore: 0,
    timeLeftMs: (limits.timeSeconds ?? 600) * 1000,
    log: createLogPump({ bytesMax: 1024, line: () => undefined, onExceeded: () => undefined }),
    logFull: new AbortController().signal,
    signal,
  };
}

async function untilAsked(what: string): Promise<void> {
  await vi.waitFor(() => expect(asked.some((url) => url.includes(what))).toBe(true), 5000);
}

describe('a step on a Docker Engine that does not answer any more', () => {
  it('is over once its time is, and the engine is to blame, not the build', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const running = runStep(connectEngine(join(folder, 'engine.sock')), 'step', watch({ timeSeconds: 60 }));
    const ended = expect(running).rejects.toMatchObject({
      code: 'unavailable',
      message: 'the Docker Engine did not answer: end the step',
    });
    await untilAsked('/start');
    vi.advanceTimersByTime(60_000);
    await untilAsked('/kill');
    vi.advanceTimersByTime(60_000);
    await ended;
  });

  it('is over when it is interrupted', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const interrupt = new AbortController();
    const engine = connectEngine(join(folder, 'engine.sock'));
    const ended = expect(runStep(engine, 'step', watch({}, interrupt.signal))).rejects.toMatchObject({
      code: 'interrupted',
    });
    await untilAsked('/start');
    interrupt.abort();
    await untilAsked('/kill');
    vi.advanceTimersByTime(60_000);
    await ended;
  });
});
