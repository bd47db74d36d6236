import { describe, expect, test } from 'vitest';
import { memorySource } from '#core/archive/byte-source.ts';
import { DecodedStreams } from '#core/archive/decoded-streams.ts';
import { defaultReadLimits } from '#core/archive/limits.ts';
import { readFile, startReading } from '#core/archive/read-content.ts';
import { digestAll, rootPlace } from '#core/archive/reading.ts';
import { buildTar } from './build-tar.ts';
import { compressBzip2 } from './compress-bzip2.ts';
import { compressXz } from './compress-xz.ts';
import { noise } from './noise.ts';

async function read(bytes: Buffer, decoded: DecodedStreams) {
  const reading = startReading(defaultReadLimits, { ...digestAll, decoded });
  const archive = await readFile(reading, rootPlace, memorySource(bytes));
  return { entries: archive?.entries, findings: reading.findings };
}

const tar = buildTar([
  { name: 'a.txt', data: Buffer.from('one') },
  { name: 'b.txt', data: Buffer.from('two') },
]);

describe('decoded streams', () => {
  test.each([
    ['xz', compressXz],
    ['bzip2', compressBzip2],
  ])('of %s are kept, so that a second reading decodes nothing again', async (_name, compress) => {
    const decoded = new DecodedStreams();
    const bytes = compress(tar);
    const first = await read(bytes, decoded);
    expect(first.entries?.[0]?.content?.archive?.entries).toHaveLength(2);
    // Whatever stood behind the magic number.
    const second = await read(Buffer.from(bytes).fill(0x55, 16), decoded);
    expect(second).toEqual(first);
    decoded.clear();
    const third = await read(Buffer.from(bytes).fill(0x55, 16), decoded);
    expect(third.findings.map(({ id }) => id)).toContain('unreadable-archive');
  });

  test('are not kept where the stream breaks off', async () => {
    const decoded = new DecodedStreams();
    const bytes = compressXz(tar);
    await read(bytes.subarray(0, bytes.byteLength - 30), decoded);
    expect(decoded.get('')).toBeUndefined();
  });

  test('are not kept beyond their bound', async () => {
    const decoded = new DecodedStreams();
    await read(compressXz(noise(13 * 1024 ** 2, 'large'), '-0'), decoded);
    expect(decoded.get('')).toBeUndefined();
    await read(compressXz(noise(1024, 'small')), decoded);
    expect(decoded.get('')).toBeDefined();
  });
});
