import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Served } from '#schemas/gateway.ts';
import { RecordClient } from '#services/gateway/record-client.ts';
import { openRecordKeeper, type RecordKeeper } from '#workers/check/record-keeper.ts';
import { servedOf } from './served.ts';

const session = '5d1f8a40-6f3e-4c58-9f0e-0a4f9d5f2c11';
const over = '0b6f3b0e-98a5-4dd3-8a54-0e9b6f1d7a10';
const { signal } = new AbortController();
const text = (bytes: string): Buffer => Buffer.from(bytes);
const { sha256 } = servedOf('', 'thing');

let folder: string;
let keeper: RecordKeeper;
let client: RecordClient;
let served: [string, Served][];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-keeper-'));
  served = [];
  keeper = await openRecordKeeper({
    folder: join(folder, 'record'),
    token: 'token-of-the-gateway',
    bytesMax: 20,
    answersMax: 2,
    onServed: (id, answer) => {
      served.push([id, answer]);
      return id !== over;
    },
  });
  client = new RecordClient(keeper.url, 'token-of-the-gateway');
});
afterEach(async () => {
  await client.close();
  await keeper.close();
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
});

describe('what a gateway keeps its record with', () => {
  it('gives back what it was given, by digest, and says what it does not have', async () => {
    await client.store(sha256, text('thing'), signal);
    expect(await readFile(keeper.object(sha256), 'utf8')).toBe('thing');
    const copy = join(folder, 'copy');
    expect(await client.fetch(sha256, copy, { sizeMax: 10, signal })).toBe(5);
    expect(await client.fetch('0'.repeat(64), copy, { sizeMax: 10, signal })).toBeUndefined();
    await rm(copy);
  });

  it('keeps nothing under a digest that the bytes do not have', async () => {
    await expect(client.store('1'.repeat(64), text('thing'), signal)).rejects.toThrow('422');
    expect(await readdir(join(folder, 'record'))).toEqual([]);
  });

  it('tells of an answer once its bytes are there, and refuses one of a session that is over', async () => {
    const answer = servedOf('/files/thing', 'thing');
    await expect(client.record(session, 1, answer, signal)).rejects.toThrow('404');
    await client.store(sha256, text('thing'), signal);
    await client.record(session, 1, answer, signal);
    expect(served).toEqual([[session, answer]]);
    await expect(client.record(over, 1, answer, signal)).rejects.toThrow('409');
  });

  it('takes no more bytes and no more answers than it may, and knows that it was full', async () => {
    await client.store(sha256, text('thing'), signal);
    expect(keeper.fault()).toBeUndefined();
    const long = 'x'.repeat(16);
    await expect(client.store(servedOf('', long).sha256, text(long), signal)).rejects.toThrow('413');
    expect(keeper.fault()).toMatchObject({ code: 'too-large' });
    const answer = servedOf('/files/thing', 'thing');
    for (let count = 0; count < 2; count += 1) await client.record(session, 1, answer, signal);
    await expect(client.record(session, 1, answer, signal)).rejects.toThrow('413');
  });

  it('counts what is kept once, however often it is sent, and what is not kept not at all', async () => {
    for (let count = 0; count < 5; count += 1) await client.store(sha256, text('thing'), signal);
    for (let count = 0; count < 5; count += 1)
      await expect(client.store('1'.repeat(64), text('thing'), signal)).rejects.toThrow('422');
    const rest = 'x'.repeat(15);
    await client.store(servedOf('', rest).sha256, text(rest), signal);
    expect(keeper.fault()).toBeUndefined();
  });

  it('takes no more bytes than it may from many that send at once', async () => {
    const texts = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(9));
    const sent = await Promise.allSettled(
      texts.map((each) => client.store(servedOf('', each).sha256, text(each), signal)),
    );
    expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(await readdir(join(folder, 'record'))).toHaveLength(2);
  });

  it('knows that its folder could not be written, which is no fault of a build', async () => {
    await rm(join(folder, 'record'), { recursive: true });
    await expect(client.store(sha256, text('thing'), signal)).rejects.toThrow('500');
    expect(keeper.fault()).toMatchObject({ code: 'unavailable' });
    expect(keeper.fault()?.message).toContain('ENOENT');
  });

  it('answers nobody without the token, and nothing but what a gateway asks', async () => {
    const stranger = new RecordClient(keeper.url, 'token-of-somebody-else');
    await expect(stranger.store(sha256, text('thing'), signal)).rejects.toThrow('401');
    await stranger.close();
    await expect(client.replay(session, signal)).rejects.toThrow('404');
    const headers = { authorization: 'Bearer token-of-the-gateway' };
    for (const path of ['/', `/internal/gateway/objects/sha256:..%2f${sha256}`, '/../record'])
      expect((await fetch(`${keeper.url}${path}`, { headers })).status, path).toBe(404);
  });
});
