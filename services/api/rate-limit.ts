/** A number of requests a minute for each key; as much again may come at once. 0 is no limit. */
export interface RatePolicy {
  readonly name: string;
  readonly perMinute: number;
}

export interface RateState {
  readonly allowed: boolean;
  readonly remaining: number;
  /** Seconds until a request is allowed again, or until all are; at least 1. */
  readonly resetSeconds: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

const bucketsMax = 50_000;

/**
 * Token buckets by key, in this process's memory: with several api processes each counts for itself. The number of keys
 * is bounded; the one unused for longest is forgotten first.
 */
export class RateLimiter {
  readonly policy: RatePolicy;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(policy: RatePolicy, now: () => number) {
    this.policy = policy;
    this.#now = now;
  }

  /** Takes `cost` where there is as much. A cost of 0 only looks. */
  take(key: string, cost = 1): RateState {
    const { perMinute } = this.policy;
    if (perMinute === 0) return { allowed: true, remaining: Number.MAX_SAFE_INTEGER, resetSeconds: 1 };
    const bucket = this.#refilled(key);
    const allowed = bucket.tokens >= Math.max(Math.min(cost, perMinute), 1);
    if (allowed) bucket.tokens -= Math.min(cost, perMinute);
    const missing = allowed
      ? perMinute - bucket.tokens
      : Math.max(Math.min(cost, perMinute), 1) - bucket.tokens;
    return {
      allowed,
      remaining: Math.floor(bucket.tokens),
      resetSeconds: Math.max(1, Math.ceil((missing * 60) / perMinute)),
    };
  }

  #refilled(key: string): Bucket {
    const { perMinute } = this.policy;
    const now = this.#now();
    const known = this.#buckets.get(key);
    const bucket = known ?? { tokens: perMinute, at: now };
    bucket.tokens = Math.min(perMinute, bucket.tokens + (Math.max(0, now - bucket.at) * perMinute) / 60_000);
    bucket.at = now;
    if (known !== undefined) this.#buckets.delete(key);
    else if (this.#buckets.size >= bucketsMax) {
      const oldest = this.#buckets.keys().next();
      if (!oldest.done) this.#buckets.delete(oldest.value);
    }
    this.#buckets.set(key, bucket);
    return bucket;
  }
}

/** Sets the headers of draft-ietf-httpapi-ratelimit-headers-10; the policy itself only where it refuses. */
export function showRate(headers: Record<string, string>, policy: RatePolicy, state: RateState): void {
  const { name, perMinute } = policy;
  if (perMinute === 0) return;
  headers['ratelimit'] = `"${name}";r=${state.remaining};t=${state.resetSeconds}`;
  if (!state.allowed) headers['ratelimit-policy'] = `"${name}";q=${perMinute};w=60`;
}
