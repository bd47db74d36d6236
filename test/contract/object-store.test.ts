import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '#core/errors/app-error.ts';
import type { ObjectStore } from '#services/objects/object-store.ts';
import { collect } from '#services/objects/retention.ts';
import { objectStoreBackends, type ObjectStoreBackend } from './object-store-backends.ts';

const sizeMax = 64 * 1024 * 1024;
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const stream = (bytes: Uint8Array): Readable => Readable.from([bytes], { objectMode: false });

async function read(store: ObjectStore, sha256: string, range?: readonly [number, number]): Promise<string> {
  const bytes = await store.get(sha256, range);
  if (bytes === undefined) throw new Error(`no object ${sha256}`);
  return (await buffer(bytes)).toString('latin1');
}

async function listed(store: ObjectStore): Promise<Map<string, { size: number; storedAt: Date }>> {
  const all = new Map<string, { size: number; storedAt: Date }>();
  for await (const { sha256, ...rest } of store.list()) {
    expect(all.has(sha256)).toBe(false);
    all.set(sha256, rest);
  }
  return all;
}

describe.each(objectStoreBackends)('an object store in %s', (_name, start) => {
  let backend: ObjectStoreBackend;
  let store: ObjectStore;

  beforeAll(async () => {
    backend = await start();
    store = await backend.open();
  });
  afterAll(async () => {
    await store.close();
    await backend.stop();
  });

  it.each([
    ['no byte', 0],
    ['one byte', 1],
    ['a few', 10_000],
    ['more than one part of an upload', 20 * 1024 * 1024 + 1],
  ])('gives back the same bytes, also to another process: %s', async (_what, size) => {
    const bytes = randomBytes(size);
    const sha256 = digest(bytes);
    expect(await store.put(sha256, stream(bytes), { sizeMax })).toEqual({ digest: { sha256 }, size });
    const other = await backend.open();
    expect(await other.size(sha256)).toBe(size);
    expect(digest(Buffer.from(await read(other, sha256), 'latin1'))).toBe(sha256);
    await other.close();
  });

  it('takes what it holds already, and what several put at once', async () => {
    const bytes = randomBytes(1000);
    const sha256 = digest(bytes);
    const put = () => store.put(sha256, stream(bytes), { sizeMax });
    await Promise.all([put(), put(), put()]);
    expect(await put()).toEqual({ digest: { sha256 }, size: 1000 });
    expect((await listed(store)).get(sha256)?.size).toBe(1000);
  });

  it('has nothing under a digest that was never stored', async () => {
    const sha256 = digest(randomBytes(8));
    expect([await store.get(sha256), await store.size(sha256)]).toEqual([undefined, undefined]);
  });

  it.each([
    ['a few bytes', 100],
    ['more than one part of an upload', 20 * 1024 * 1024],
  ])('refuses bytes of another digest and shows nothing of them: %s', async (_what, size) => {
    const sha256 = digest(randomBytes(8));
    await expect(store.put(sha256, stream(randomBytes(size)), { sizeMax })).rejects.toMatchObject({
      code: 'digest-mismatch',
    });
    expect(await store.size(sha256)).toBeUndefined();
    expect((await listed(store)).has(sha256)).toBe(false);
  });

  it('keeps a good object when bad bytes are put under its digest', async () => {
    const bytes = Buffer.from('the good ones');
    const sha256 = digest(bytes);
    await store.put(sha256, stream(bytes), { sizeMax });
    await expect(store.put(sha256, stream(Buffer.from('bad')), { sizeMax })).rejects.toBeInstanceOf(AppError);
    expect(await read(store, sha256)).toBe('the good ones');
  });

  it('stops reading at the first byte beyond the limit, and shows nothing', async () => {
    let given = 0;
    const chunk = Buffer.alloc(64 * 1024);
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) {
        given += chunk.length;
        yield chunk;
      }
    }
    const sha256 = digest(chunk);
    const put = store.put(sha256, Readable.from(endless(), { objectMode: false }), { sizeMax: 1024 * 1024 });
    await expect(put).rejects.toMatchObject({ code: 'too-large' });
    expect(given).toBeLessThan(2 * 1024 * 1024);
    expect(await store.size(sha256)).toBeUndefined();
  });

  it('takes an object of exactly the limit', async () => {
    const bytes = randomBytes(4096);
    const put = store.put(digest(bytes), stream(bytes), { sizeMax: 4096 });
    await expect(put).resolves.toMatchObject({ size: 4096 });
  });

  it('shows nothing of bytes that broke off', async () => {
    const bytes = randomBytes(2000);
    async function* broken(): AsyncGenerator<Buffer> {
      yield bytes.subarray(0, 1000);
      throw new Error('the sender went away');
    }
    const put = store.put(digest(bytes), Readable.from(broken(), { objectMode: false }), { sizeMax });
    await expect(put).rejects.toMatchObject({ code: 'unavailable' });
    expect(await store.size(digest(bytes))).toBeUndefined();
  });

  it('gives a range, the last byte included, and nothing beyond the end', async () => {
    const bytes = Buffer.from('0123456789');
    const sha256 = digest(bytes);
    await store.put(sha256, stream(bytes), { sizeMax });
    expect(await read(store, sha256, [2, 4])).toBe('234');
    expect(await read(store, sha256, [9, 9])).toBe('9');
    expect(await read(store, sha256, [5, 1_000])).toBe('56789');
    expect(await read(store, sha256, [10, 20])).toBe('');
  });

  it('has nothing under what it removed; what is absent can be removed', async () => {
    const bytes = randomBytes(10);
    const sha256 = digest(bytes);
    await store.put(sha256, stream(bytes), { sizeMax });
    await store.remove(sha256);
    await store.remove(sha256);
    expect(await store.get(sha256)).toBeUndefined();
    expect((await listed(store)).has(sha256)).toBe(false);
  });

  it('keeps what is referenced, and no more, when retention has run', async () => {
    const [kept, gone] = [randomBytes(100), randomBytes(100)];
    for (const bytes of [kept, gone]) await store.put(digest(bytes), stream(bytes), { sizeMax });
    const now = new Date(Date.now() + 10_000);
    const isReferenced = (sha256: string) => sha256 === digest(kept);
    const collected = await collect({
      store,
      isReferenced,
      unreferencedMaxAgeMs: 1000,
      quotaBytes: 1e12,
      now,
    });
    expect(collected.removed).toContain(digest(gone));
    expect(collected).toMatchObject({ heldBytes: 100, overQuota: false });
    expect([...(await listed(store)).keys()]).toEqual([digest(kept)]);
  });

  it('lists everything it holds, once, over more than one page', { timeout: 120_000 }, async () => {
    const objects = Array.from({ length: 1050 }, (_, index) => Buffer.from(`object ${index}`));
    for (let first = 0; first < objects.length; first += 50) {
      const some = objects.slice(first, first + 50);
      await Promise.all(some.map((bytes) => store.put(digest(bytes), stream(bytes), { sizeMax })));
    }
    const all = await listed(store);
    expect(objects.filter((bytes) => all.get(digest(bytes))?.size !== bytes.length)).toEqual([]);
  });

  it('tells when an object was stored', async () => {
    const before = Date.now() - 2_000;
    const bytes = randomBytes(16);
    await store.put(digest(bytes), stream(bytes), { sizeMax });
    const storedAt = (await listed(store)).get(digest(bytes))?.storedAt.getTime() ?? 0;
    expect(storedAt).toBeGreaterThan(before);
    expect(storedAt).toBeLessThan(Date.now() + 2_000);
  });

  it.each(['', '../../../etc/passwd', 'A'.repeat(64), `${'a'.repeat(64)}/..`])(
    'never makes a path of what is not a digest: %j',
    async (name) => {
      await expect(store.get(name)).rejects.toThrow();
      await expect(store.size(name)).rejects.toThrow();
      await expect(store.remove(name)).rejects.toThrow();
      await expect(store.put(name, stream(Buffer.from('x')), { sizeMax })).rejects.toThrow();
    },
  );
});
