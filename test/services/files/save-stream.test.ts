import type { WriteStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { saveStream } from '#services/files/save-stream.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-save-'));
});
afterEach(() => rm(folder, { recursive: true }));

function* breaksOff(...chunks: string[]): Generator<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk);
  throw new Error('broke off');
}

describe('a stream that is saved to a file', () => {
  it('is there as a whole, over what was there', async () => {
    const path = join(folder, 'thing');
    await writeFile(path, 'something longer');
    await saveStream(path, (file) => pipeline([Buffer.from('a'), Buffer.from('thing')], file));
    expect(await readFile(path, 'utf8')).toBe('athing');
  });

  it.each([
    ['before its first byte', []],
    ['after some', ['some', 'bytes']],
  ])('leaves nothing, and no open file, where it breaks off %s', async (_when, chunks) => {
    let opened: WriteStream | undefined;
    const saved = saveStream(join(folder, 'thing'), (file) => {
      opened = file;
      return pipeline(breaksOff(...chunks), file);
    });
    await expect(saved).rejects.toThrow('broke off');
    expect(opened?.closed).toBe(true);
    expect(await readdir(folder)).toEqual([]);
  });

  it('leaves nothing though what writes it stops without a word to the file', async () => {
    let opened: WriteStream | undefined;
    const saved = saveStream(join(folder, 'thing'), async (file) => {
      opened = file;
      throw new Error('thought better of it');
    });
    await expect(saved).rejects.toThrow('thought better of it');
    expect(opened?.closed).toBe(true);
    expect(await readdir(folder)).toEqual([]);
  });

  it('says why, where the file cannot be written', async () => {
    const saved = saveStream(join(folder, 'absent', 'thing'), (file) =>
      pipeline([Buffer.from('thing')], file),
    );
    await expect(saved).rejects.toThrow('ENOENT');
  });
});
