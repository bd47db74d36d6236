import { describe, expect, it } from 'vitest';
import { memorySource, type ByteSource } from '#core/archive/byte-source.ts';
import { defaultReadLimits } from '#core/archive/limits.ts';
import { capture } from '#core/compare/capture.ts';
import { Texts, viewContent } from '#core/compare/content-view.ts';
import { buildTar } from '#test/core/archive/build-tar.ts';

const members = Array.from({ length: 40 }, (_, index) => ({
  name: `file-${index}`,
  data: Buffer.alloc(100_000, 65 + (index % 26)),
  mtime: 0,
}));
const tar = buildTar(members);

/** Tells how far it was read. */
function watched(bytes: Buffer): { source: ByteSource; readTo: () => number } {
  const inner = memorySource(bytes);
  let end = 0;
  const read = (offset: number, length: number) => {
    end = Math.max(end, Math.min(offset + length, bytes.byteLength));
    return inner.read(offset, length);
  };
  return { source: { size: inner.size, read }, readTo: () => end };
}

const want = (start: number, end: number, size = 100_000) => ({ start, end, size });

describe('capturing contents again', () => {
  it('gives the wanted bytes of each content, and says whether they are all of it', async () => {
    const windows = await capture(
      memorySource(tar),
      defaultReadLimits,
      new Map([
        ['1', want(0, 100_000)],
        ['3', want(70_000, 90_000)],
        ['39', want(99_000, 165_000)],
      ]),
    );
    expect([...windows].map(([id, { start, bytes, whole }]) => [id, start, bytes.byteLength, whole])).toEqual(
      [
        ['1', 0, 100_000, true],
        ['3', 70_000, 20_000, false],
        ['39', 99_000, 1000, false],
      ],
    );
    expect(windows.get('1')?.bytes.every((byte) => byte === 66)).toBe(true);
  });

  it('reads no further than it must', async () => {
    const { source, readTo } = watched(tar);
    await capture(source, defaultReadLimits, new Map([['2', want(0, 100_000)]]));
    expect(readTo()).toBeLessThan(tar.byteLength / 4);
  });

  it('of a content that has become shorter says that it is not all', async () => {
    const windows = await capture(
      memorySource(tar),
      defaultReadLimits,
      new Map([['0', want(0, 200_000, 200_000)]]),
    );
    expect(windows.get('0')).toMatchObject({ start: 0, whole: false });
    expect(windows.get('0')?.bytes.byteLength).toBe(100_000);
  });
});

describe('texts of contents', () => {
  const window = (text: string) => ({ start: 0, bytes: Buffer.from(text), whole: true });

  it('are the same however often they are asked for, also when they were let go in between', () => {
    const texts = new Texts(20);
    const views = ['one', 'two', 'three'].map((name) =>
      viewContent(window(`${name} of a`), window(`${name} of b`), undefined, texts),
    );
    for (const _ of [1, 2])
      expect(views.map(({ text }) => [text?.a, text?.b])).toEqual([
        ['one of a', 'one of b'],
        ['two of a', 'two of b'],
        ['three of a', 'three of b'],
      ]);
  });

  it('are none where one side is no text', () => {
    const view = viewContent(window('text'), { start: 0, bytes: Buffer.of(0xff), whole: true });
    expect([view.text, view.text]).toEqual([undefined, undefined]);
  });
});
