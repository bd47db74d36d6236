import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Frame, readFrames } from '#workers/sandbox/docker/frames.ts';

function encode({ stream, bytes }: Frame): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(stream === 'stdout' ? 1 : 2, 0);
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

async function* cut(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (const size of [...sizes, bytes.length]) {
    if (at < bytes.length) yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Record<Frame['stream'], string>> {
  const all = { stdout: '', stderr: '' };
  for await (const frame of readFrames(stream)) all[frame.stream] += frame.bytes.toString('latin1');
  return all;
}

const frame = fc.record({
  stream: fc.constantFrom('stdout' as const, 'stderr' as const),
  bytes: fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
});

test('what was written to each stream is read from it, however the bytes are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(frame, { maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 60 }),
      async (frames, sizes) => {
        const written = (name: Frame['stream']): string =>
          Buffer.concat(frames.filter(({ stream }) => stream === name).map(({ bytes }) => bytes)).toString(
            'latin1',
          );
        const read = await collect(cut(Buffer.concat(frames.map(encode)), sizes));
        expect(read).toEqual({ stdout: written('stdout'), stderr: written('stderr') });
      },
    ),
  );
});

test('bytes that are not frames are refused, not shown', async () => {
  await expect(collect(cut(Buffer.from('HTTP/1.1 500 no'), [3]))).rejects.toThrow(RangeError);
});

test('a frame that claims more than the engine ever sends is refused', async () => {
  const header = Buffer.from([1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
  await expect(collect(cut(header, []))).rejects.toThrow(RangeError);
});
