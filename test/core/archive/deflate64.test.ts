import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFacts } from '#core/archive/archive-facts.ts';
import { memorySource } from '#core/archive/byte-source.ts';
import { Cursor } from '#core/archive/cursor.ts';
import { DeflateDecoder, type DeflateVariant } from '#core/archive/deflate64/decoder.ts';
import { deflate64 } from '#core/archive/deflate64/deflate64.ts';
import { InflateError } from '#core/archive/inflate.ts';
import { changedStreams } from './changed-streams.ts';
import { codecFixture, fixtureDigest } from './codec-fixture.ts';
import { noise } from './noise.ts';
import { contentOf, writeDeflate64, type Token } from './write-deflate64.ts';

/** Deflate itself, RFC 1951: what zlib decodes, too. */
const deflate: DeflateVariant = {
  windowBytes: 32_768,
  lengthBases: [...deflate64.lengthBases.slice(0, 28), 258],
  lengthBits: [...deflate64.lengthBits.slice(0, 28), 0],
  distanceBases: deflate64.distanceBases.slice(0, 30),
  distanceBits: deflate64.distanceBits.slice(0, 30),
};

/** The content and how many bytes the stream took; a text where it is refused. The bytes come in pieces of `piece`. */
async function inflate(stream: Uint8Array, variant: DeflateVariant, piece = stream.byteLength) {
  let at = 0;
  const cursor = new Cursor(() => {
    const bytes = stream.subarray(at, at + piece);
    at += piece;
    return bytes.byteLength === 0 ? undefined : bytes;
  });
  let taken = 0;
  const decoder = new DeflateDecoder(cursor, variant, ({ byteLength }) => (taken += byteLength));
  const parts: Uint8Array[] = [];
  try {
    for (;;) {
      const bytes = await decoder.pull();
      if (bytes === undefined) break;
      parts.push(bytes);
    }
  } catch (error) {
    if (!(error instanceof InflateError)) throw error;
    return error.message;
  }
  expect(taken).toBe(cursor.position);
  return { content: Buffer.concat(parts), taken };
}

function inflateByZlib(stream: Uint8Array): { content: Buffer; taken: number } | undefined {
  try {
    const { buffer, engine } = inflateRawSync(stream, { info: true }) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    return { content: buffer, taken: engine.bytesWritten };
  } catch {
    return undefined;
  }
}

const text = Buffer.from(
  Array.from({ length: 4000 }, (_, at) => `line ${(at * at) % 997} of ${at}\n`).join(''),
);

const tokens = fc
  .array(
    fc.oneof(
      fc.nat(255),
      fc.record({
        length: fc.oneof(fc.integer({ min: 3, max: 300 }), fc.constantFrom(257, 258, 259, 20_000, 65_538)),
        distance: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 65_536 })),
      }),
    ),
    { maxLength: 60 },
  )
  .map((drawn) => {
    let size = 0;
    return drawn.filter((token) => {
      if (typeof token !== 'number' && token.distance > size) return false;
      size += typeof token === 'number' ? 1 : token.length;
      return true;
    });
  });

describe('Deflate64', () => {
  it('that 7-Zip made in a zip is decoded, byte for byte', async () => {
    const { members, findings } = await readFacts(memorySource(codecFixture('text-7z-Deflate64.zip')), {
      texts: [],
      nestedDigests: true,
    });
    expect(findings).toEqual([]);
    expect(members.map(({ sha256 }) => sha256)).toEqual([fixtureDigest('text')]);
  });

  it('decodes any bytes and matches, of lengths and distances that deflate does not have', async () => {
    const far: Token[] = [
      ...noise(66_000, 'far'),
      { length: 65_538, distance: 65_536 },
      { length: 3, distance: 1 },
    ];
    const decoded = await inflate(writeDeflate64(far), deflate64);
    expect(decoded).toMatchObject({ content: contentOf(far) });
    await fc.assert(
      fc.asyncProperty(tokens, fc.integer({ min: 1, max: 5000 }), async (drawn, piece) => {
        const stream = writeDeflate64(drawn);
        expect(await inflate(stream, deflate64, piece)).toEqual({
          content: contentOf(drawn),
          taken: stream.byteLength,
        });
      }),
      { numRuns: 100 },
    );
  });

  it('refuses a match that reaches back to before the content', async () => {
    const before: Token[] = [1, 2, { length: 3, distance: 3 }];
    expect(await inflate(writeDeflate64(before), deflate64)).toBe('a match reaches too far back');
    const least: Token[] = [1, 2, { length: 3, distance: 2 }];
    expect(await inflate(writeDeflate64(least), deflate64)).toMatchObject({
      content: Buffer.of(1, 2, 1, 2, 1),
    });
  });

  it('is deflate but for these: zlib and the same decoder agree about each level and strategy', async () => {
    const content = Buffer.concat([text, noise(70_000, 'n'), text, Buffer.alloc(100_000)]);
    for (const strategy of [
      constants.Z_DEFAULT_STRATEGY,
      constants.Z_FIXED,
      constants.Z_HUFFMAN_ONLY,
      constants.Z_RLE,
    ]) {
      for (const level of [0, 1, 6, 9]) {
        const stream = deflateRawSync(content, { level, strategy });
        expect(await inflate(stream, deflate, 1000)).toEqual({ content, taken: stream.byteLength });
      }
    }
  });

  it('decodes or refuses what zlib decodes or refuses, of 1,500 streams that were changed and of any bytes', async () => {
    const good = [
      deflateRawSync(text.subarray(0, 700)),
      deflateRawSync(text.subarray(0, 100), { strategy: constants.Z_FIXED }),
      deflateRawSync(text.subarray(0, 300), { level: 0 }),
      deflateRawSync(''),
    ];
    let decoded = 0;
    for (const stream of changedStreams(good, 1500, 'deflate')) {
      const theirs = inflateByZlib(stream);
      const ours = await inflate(stream, deflate);
      expect(typeof ours === 'string' ? undefined : ours).toEqual(theirs);
      if (theirs !== undefined) decoded += 1;
    }
    expect(decoded).toBeGreaterThan(50);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const ours = await inflate(bytes, deflate);
        expect(typeof ours === 'string' ? undefined : ours).toEqual(inflateByZlib(bytes));
      }),
      { numRuns: 1000 },
    );
  });
});
