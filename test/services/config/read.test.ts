import { z } from '@hono/zod-openapi';
import { describe, expect, it } from 'vitest';
import { AppError } from '#core/errors/app-error.ts';
import { readConfig } from '#services/config/read.ts';
import { json, listenAddress, secretBytes, url, wholeNumber } from '#services/config/variables.ts';

const Schema = z
  .object({
    ASSAY_LISTEN: listenAddress,
    ASSAY_DATABASE_URL: url('postgres'),
    ASSAY_CONCURRENCY: wholeNumber(1, 64).default(2),
    ASSAY_KEY: secretBytes(32),
    ASSAY_TOKENS: json(z.record(z.string(), z.string())).optional(),
  })
  .transform((v) => ({ listen: v.ASSAY_LISTEN, concurrency: v.ASSAY_CONCURRENCY, tokens: v.ASSAY_TOKENS }));

const good = {
  ASSAY_LISTEN: '127.0.0.1:0',
  ASSAY_DATABASE_URL: 'postgres://127.0.0.1:5432/assay',
  ASSAY_KEY: Buffer.alloc(32, 7).toString('base64url'),
};

function faultsOf(environment: Record<string, string | undefined>): AppError {
  try {
    readConfig(Schema, environment);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('readConfig', () => {
  it('gives what the schema makes of the variables, with defaults for those unset or empty', () => {
    expect(readConfig(Schema, { ...good, ASSAY_CONCURRENCY: '', HOME: '/elsewhere' })).toEqual({
      listen: { host: '127.0.0.1', port: 0 },
      concurrency: 2,
      tokens: undefined,
    });
  });

  it('names every fault at once', () => {
    const { code, message } = faultsOf({
      ASSAY_LISTEN: 'nowhere',
      ASSAY_CONCURRENCY: '65',
      ASSAY_TOKENS: '{',
    });
    expect(code).toBe('usage');
    expect(message).toContain('ASSAY_LISTEN: must be host:port');
    expect(message).toContain('ASSAY_DATABASE_URL is not set');
    expect(message).toContain('ASSAY_CONCURRENCY: must be from 1 to 64');
    expect(message).toContain('ASSAY_KEY is not set');
    expect(message).toContain('ASSAY_TOKENS: must be JSON');
  });

  it('never repeats a value, which may be a secret', () => {
    const secret = 'hunter2hunter2';
    const { message } = faultsOf({
      ...good,
      ASSAY_KEY: secret,
      ASSAY_DATABASE_URL: `mysql://u:${secret}@h/db`,
    });
    expect(message).toContain('ASSAY_KEY');
    expect(message).not.toContain(secret);
  });

  it('reads IPv6 addresses and refuses ports that do not exist', () => {
    expect(listenAddress.parse('[::1]:8080')).toEqual({ host: '::1', port: 8080 });
    expect(listenAddress.safeParse('127.0.0.1:65536').success).toBe(false);
  });
});
