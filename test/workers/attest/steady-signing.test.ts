import { describe, expect, test } from 'vitest';
import { AppError } from '#core/errors/app-error.ts';
import type { SignedBundle, Signing } from '#services/signing/signing.ts';
import { steadySigning } from '#workers/attest/steady-signing.ts';

const statement = new Uint8Array([1]);
const bundle: SignedBundle = { bytes: statement, witnessed: { log: true, timestamp: true } };
const patience = { signMs: 60_000, pauseMs: 1000 };

/** Signs as `answer` says, over a clock that only moves when told, and counts what gets through. */
function behind(answer: (ask: { log: boolean }, signal?: AbortSignal) => Promise<SignedBundle>) {
  const seen: boolean[] = [];
  const clock = { now: 5000 };
  const signing: Signing = {
    hasLog: true,
    sign: (_, ask, signal) => {
      seen.push(ask.log);
      return answer(ask, signal);
    },
  };
  return { seen, clock, steady: steadySigning(signing, () => clock.now, patience) };
}

const away = (): Promise<never> => Promise.reject(new AppError('unavailable', 'The log is away.'));

describe('signing that nobody queues up behind', () => {
  test('asks for each signature while all is there, several at once', async () => {
    const { seen, steady } = behind(async () => bundle);
    await Promise.all([1, 2, 3].map(() => steady.sign(statement, { log: true })));
    expect(seen).toHaveLength(3);
  });

  test('answers at once while something was away a moment ago, and tries again after the pause', async () => {
    let down = true;
    const { seen, clock, steady } = behind(() => (down ? away() : Promise.resolve(bundle)));
    const sign = () => steady.sign(statement, { log: true });
    await expect(sign()).rejects.toMatchObject({ code: 'unavailable' });
    for (let again = 0; again < 10; again += 1)
      await expect(sign()).rejects.toMatchObject({ code: 'unavailable' });
    expect(seen).toHaveLength(1);
    down = false;
    clock.now += patience.pauseMs;
    await expect(sign()).resolves.toBe(bundle);
    await expect(sign()).resolves.toBe(bundle);
    expect(seen).toHaveLength(3);
  });

  test('lets one try for all after the pause: the others are told at once', async () => {
    const { promise, resolve } = Promise.withResolvers<SignedBundle>();
    let first = true;
    const { seen, clock, steady } = behind(() => {
      if (!first) return promise;
      first = false;
      return away();
    });
    const sign = () => steady.sign(statement, { log: true });
    await expect(sign()).rejects.toMatchObject({ code: 'unavailable' });
    clock.now += patience.pauseMs;
    const trying = sign();
    await expect(sign()).rejects.toMatchObject({ code: 'unavailable' });
    expect(seen).toHaveLength(2);
    resolve(bundle);
    await expect(trying).resolves.toBe(bundle);
  });

  test('goes on signing what is private while only the log is away', async () => {
    const { seen, steady } = behind(({ log }) => (log ? away() : Promise.resolve(bundle)));
    await expect(steady.sign(statement, { log: true })).rejects.toMatchObject({ code: 'unavailable' });
    await expect(steady.sign(statement, { log: false })).resolves.toBe(bundle);
    expect(seen).toEqual([true, false]);
  });

  test('gives up on what hangs', async () => {
    const hanging = behind(
      (_, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason as Error));
        }),
    );
    const signing: Signing = {
      hasLog: true,
      sign: (...args) => hanging.steady.sign(...args),
    };
    const steady = steadySigning(signing, () => 1, { signMs: 20, pauseMs: 1000 });
    await expect(steady.sign(statement, { log: true })).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('a job that was given up, or a fault that no pause mends, closes nothing', async () => {
    let fault: Error | undefined = new AppError('usage', 'No such key.');
    const { seen, steady } = behind(() => (fault ? Promise.reject(fault) : Promise.resolve(bundle)));
    await expect(steady.sign(statement, { log: true })).rejects.toMatchObject({ code: 'usage' });
    fault = new AppError('unavailable', 'Stopped.');
    await expect(steady.sign(statement, { log: true }, AbortSignal.abort())).rejects.toThrow('Stopped');
    fault = undefined;
    await expect(steady.sign(statement, { log: true })).resolves.toBe(bundle);
    expect(seen).toHaveLength(3);
  });
});
