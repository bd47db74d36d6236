import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RateLimiter, showRate } from '#services/api/rate-limit.ts';

describe('RateLimiter', () => {
  it('never lets through more than the burst and what has come back since', () => {
    const steps = fc.array(fc.tuple(fc.nat({ max: 20_000 }), fc.nat({ max: 8 })), { maxLength: 100 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), steps, (perMinute, each) => {
        let now = 0;
        let taken = 0;
        const limiter = new RateLimiter({ name: 'x', perMinute }, () => now);
        for (const [ms, cost] of each) {
          now += ms;
          if (limiter.take('key', cost).allowed) taken += Math.min(cost, perMinute);
          expect(taken).toBeLessThanOrEqual(perMinute + (now * perMinute) / 60_000 + 1e-6);
        }
      }),
    );
  });

  it('says truly when the next is allowed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 500 }), (perMinute, cost) => {
        let now = 0;
        const limiter = new RateLimiter({ name: 'x', perMinute }, () => now);
        let state = limiter.take('key', cost);
        for (let i = 0; i < 600 && state.allowed; i += 1) state = limiter.take('key', cost);
        expect(state.allowed).toBe(false);
        now += state.resetSeconds * 1000;
        expect(limiter.take('key', cost).allowed).toBe(true);
      }),
    );
  });

  it('forgets the key unused for longest when there are too many', () => {
    const limiter = new RateLimiter({ name: 'x', perMinute: 1 }, () => 0);
    expect(limiter.take('first').allowed).toBe(true);
    expect(limiter.take('first').allowed).toBe(false);
    for (let i = 0; i < 50_000; i += 1) limiter.take(`other ${i}`);
    expect(limiter.take('first').allowed).toBe(true);
    expect(limiter.take('other 49999').allowed).toBe(false);
  });

  it('has no limit and no headers at 0', () => {
    const policy = { name: 'x', perMinute: 0 };
    const limiter = new RateLimiter(policy, () => 0);
    expect(limiter.take('key', 1e9).allowed).toBe(true);
    const headers = {};
    showRate(headers, policy, limiter.take('key'));
    expect(headers).toEqual({});
  });
});
