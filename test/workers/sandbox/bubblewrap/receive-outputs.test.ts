import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { receiveOutputs } from '#workers/sandbox/bubblewrap/receive-outputs.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-outputs-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('what receives the outputs of a build', () => {
  it('writes each one whole below its folder, one after the other', async () => {
    const receiver = receiveOutputs(folder, 100);
    await receiver.begin('dist/one', 6);
    await receiver.write(Buffer.from('ab'));
    await receiver.write(Buffer.from('cdef'));
    await receiver.begin('two', 0);
    await receiver.end();
    await receiver.end();
    expect(await readFile(join(folder, 'dist/one'), 'utf8')).toBe('abcdef');
    expect(await readFile(join(folder, 'two'), 'utf8')).toBe('');
    expect(receiver.received).toEqual([
      { path: 'dist/one', size: 6 },
      { path: 'two', size: 0 },
    ]);
  });

  it('writes nothing of one that is more than what is left of the limit', async () => {
    const receiver = receiveOutputs(folder, 10);
    expect(await receiver.begin('one', 6)).toBe(true);
    expect(await receiver.begin('two', 5)).toBe(false);
    await receiver.end();
    expect(receiver.received).toEqual([{ path: 'one', size: 6 }]);
    await expect(readFile(join(folder, 'two'))).rejects.toThrow('ENOENT');
  });

  it('says why one cannot be written, and ends all the same', async () => {
    await writeFile(join(folder, 'one'), 'of somebody else');
    const receiver = receiveOutputs(folder, 10);
    await expect(receiver.begin('one', 6)).rejects.toThrow('EEXIST');
    await turn();
    await receiver.end();
    expect(receiver.received).toEqual([]);
    expect(await readFile(join(folder, 'one'), 'utf8')).toBe('of somebody else');
  });
});
