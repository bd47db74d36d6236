import { constants, deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compressorOf, describeZipLevels } from '#core/explain/compressors.ts';
import { deflateShape } from '#core/explain/deflate-shape.ts';
import { buildTar } from '../../archive/build-tar.ts';
import { codecFixture } from '../../archive/codec-fixture.ts';
import { causeOf, compare, fixture, Workshop } from './made.ts';

const work = new Workshop();

/** Text that needs several blocks, the same each time. */
const text = (() => {
  let state = 1;
  const lines: string[] = [];
  for (let line = 0; line < 9000; line += 1) {
    state = (state * 69_069 + 12_345) % 1_048_576;
    lines.push(`value_${state % 977} = ${state}; // ${line % 31 === 0 ? 'checked' : 'as before'}`);
  }
  return lines.join('\n');
})();

function gzipped(...flags: readonly string[]): Buffer {
  work.write('x.txt', text);
  return work.run('gzip', ['-n', '-c', ...flags, 'x.txt']);
}

describe('compressor', () => {
  it('tells GNU gzip from the zlib of Python, for one content', async () => {
    const byGzip = gzipped('-9');
    const code =
      'import sys, zlib; c = zlib.compressobj(9, 8, 31); sys.stdout.buffer.write(c.compress(open("x.txt", "rb").read()) + c.flush())';
    const compared = await compare(byGzip, work.run('python3', ['-c', code]));
    const cause = causeOf(compared, 'compressor');
    expect(cause?.confidence).toBe('likely');
    expect(cause?.evidence).toEqual([
      expect.objectContaining({
        field: 'gzip_deflate',
        a: expect.stringMatching(/: GNU gzip, Info-ZIP, or zlib with memLevel 9$/) as string,
        b: expect.stringMatching(/: zlib$/) as string,
      }),
    ]);
  });

  it('tells the zlib of this Node.js from that of Python', async () => {
    work.write('x.txt', text);
    const code =
      'import sys, zlib; c = zlib.compressobj(9, 8, 31); sys.stdout.buffer.write(c.compress(open("x.txt", "rb").read()) + c.flush())';
    const compared = await compare(gzipSync(text, { level: 9 }), work.run('python3', ['-c', code]));
    expect(causeOf(compared, 'compressor')?.evidence[0]).toMatchObject({
      a: expect.stringMatching(/the zlib of Chromium that Node.js has since 18$/) as string,
      b: expect.stringMatching(/: zlib$/) as string,
    });
  });

  it('tells the level by the header of gzip, and goes with one level', async () => {
    const compared = await compare(gzipped('-9'), gzipped('-1'));
    expect(causeOf(compared, 'compressor')?.evidence).toContainEqual(
      expect.objectContaining({ field: 'gzip_xfl', a: '2 (level 9)', b: '4 (level 1)' }),
    );
    expect(gzipped('-9').equals(gzipped('-9'))).toBe(true);
  });

  it('tells the levels of zip by the flags of its members, and what is stored', async () => {
    const zip = (level: string): Buffer => {
      work.write('z/x.txt', text);
      work.run('touch', ['-d', '@1000000000', 'x.txt'], { in: 'z' });
      work.run('rm', ['-f', 'x.zip'], { in: 'z' });
      work.run('zip', ['-qX', level, 'x.zip', 'x.txt'], { in: 'z' });
      return work.read('z/x.zip');
    };
    const levels = causeOf(await compare(zip('-9'), zip('-1')), 'compressor');
    expect(levels?.evidence).toContainEqual(
      expect.objectContaining({
        field: 'flags',
        a: '0x0002: maximum',
        b: '0x0004: fast',
      }),
    );
    const stored = causeOf(await compare(zip('-9'), zip('-0')), 'compressor');
    expect(stored?.evidence).toContainEqual(
      expect.objectContaining({ field: 'method', a: '8 (deflate)', b: '0 (stored)' }),
    );
    expect(zip('-9').equals(zip('-9'))).toBe(true);
  });

  it('tells the methods of 7-Zip, and takes no flag of LZMA for a level', async () => {
    const [lzma, deflate64] = ['LZMA', 'Deflate64'].map((method) => codecFixture(`text-7z-${method}.zip`));
    const cause = causeOf(await compare(lzma ?? Buffer.alloc(0), deflate64 ?? Buffer.alloc(0)), 'compressor');
    expect(cause?.evidence).toContainEqual(
      expect.objectContaining({ field: 'method', a: '14 (LZMA)', b: '9 (deflate64)' }),
    );
    expect(cause?.evidence).toContainEqual(
      expect.objectContaining({ field: 'flags', a: '0x0002', b: '0x0000' }),
    );
  });

  it('tells the preset and the threads of xz, and goes with one preset', async () => {
    work.write('x.txt', text);
    const xz = (...flags: string[]) => work.run('xz', ['-c', ...flags, 'x.txt']);
    const presets = causeOf(await compare(xz('-6', '-T1'), xz('-9', '-T1')), 'compressor');
    expect(presets?.evidence).toContainEqual(
      expect.objectContaining({
        a: 'dictionary 8 MiB, that of -5 and -6',
        b: 'dictionary 64 MiB, that of -9',
      }),
    );
    const threads = causeOf(await compare(xz('-6', '-T1'), xz('-6', '-T2')), 'compressor');
    expect(threads?.evidence).toContainEqual(
      expect.objectContaining({ b: 'dictionary 8 MiB, that of -5 and -6, with threads (-T)' }),
    );
    const filters = causeOf(await compare(xz('-6', '-T1'), xz('-T1', '--x86', '--lzma2')), 'compressor');
    expect(filters?.evidence).toContainEqual(
      expect.objectContaining({ b: 'filters x86; dictionary 8 MiB, that of -5 and -6' }),
    );
    expect(xz('-6', '-T1').equals(xz('-6', '-T1'))).toBe(true);
  });

  it('tells window and checksum of zstd, and goes with one level', async () => {
    work.write('x.txt', text);
    const zstd = (...flags: string[]) =>
      work.run('zstd', ['-q', '-c', '--no-content-size', ...flags, 'x.txt']);
    const cause = causeOf(await compare(zstd('-3'), zstd('-19', '--no-check')), 'compressor');
    expect(cause?.evidence).toContainEqual(
      expect.objectContaining({
        field: 'zstd_header',
        a: expect.stringMatching(/^window \d+ KiB, checksum$/) as string,
        b: expect.stringMatching(/^window \d+ KiB, no checksum$/) as string,
      }),
    );
    expect(zstd('-3').equals(zstd('-3'))).toBe(true);
  });

  it('is not claimed where the content differs, or other flags of a zip', async () => {
    expect(causeOf(await compare(gzipSync(text), gzipSync(`${text}!`)), 'compressor')).toBeUndefined();
    expect(describeZipLevels('0x0000', '0x0008')).toBeUndefined();
  });
});

describe('node-version', () => {
  it('is claimed for one package packed by npm 9 on Node 16 and npm 10 on Node 22, and proposes that of a', async () => {
    const [on16, on22] = [fixture('npm9-node16.tgz'), fixture('npm10-node22.tgz')];
    const compared = await compare(on16, on22);
    expect(causeOf(compared, 'node-version')).toMatchObject({
      confidence: 'likely',
      change: { kind: 'tool', name: 'node', version: '16' },
    });
    expect(compared.differences.map(({ cause }) => cause)).toEqual(['node-version']);
    expect(causeOf(await compare(on22, on16), 'node-version')?.change).toMatchObject({ version: '22' });
  });

  it('is not claimed where npm 6 packed one of them, or the tarball is no package of npm', async () => {
    const old = await compare(fixture('npm6-node16.tgz'), fixture('npm10-node22.tgz'));
    expect(causeOf(old, 'node-version')).toBeUndefined();
    const tar = buildTar([{ name: 'x.txt', data: text }]);
    const other = await compare(gzipSync(tar, { level: 9 }), gzipSync(tar, { level: 6 }));
    expect(causeOf(other, 'node-version')).toBeUndefined();
  });

  it('goes on one release line: npm on Node 20 and 22 packs the same file', () => {
    expect(fixture('npm10-node20.tgz').equals(fixture('npm10-node22.tgz'))).toBe(true);
  });
});

describe('the shape of a deflate stream', () => {
  it('has all blocks and symbols of what zlib writes, at each level and strategy', () => {
    for (const strategy of [
      constants.Z_DEFAULT_STRATEGY,
      constants.Z_FIXED,
      constants.Z_HUFFMAN_ONLY,
      constants.Z_RLE,
    ]) {
      for (const level of [0, 1, 6, 9]) {
        const shape = deflateShape(deflateRawSync(text, { level, strategy }));
        expect(shape.ended).toBe(true);
        if (strategy !== constants.Z_HUFFMAN_ONLY && level > 0) continue;
        const symbols = shape.blocks.reduce((sum, block) => sum + block.symbols, 0);
        expect(symbols).toBe(text.length);
      }
    }
  });

  it('takes any bytes in bounded time and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4096 }), (bytes) => {
        const shape = deflateShape(bytes);
        expect(shape.blocks.length).toBeLessThanOrEqual(bytes.byteLength * 8);
        compressorOf(bytes);
      }),
      { numRuns: 500 },
    );
  });

  it('is the same of the beginning of a stream, but for the block that is cut', () => {
    const whole = deflateRawSync(text);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.byteLength - 1 }), (length) => {
        const part = deflateShape(whole.subarray(0, length));
        expect(part.ended).toBe(false);
        expect(deflateShape(whole).blocks.slice(0, part.blocks.length)).toEqual(part.blocks);
      }),
      { numRuns: 50 },
    );
  });
});
