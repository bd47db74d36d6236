import { constants, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { buildTar } from '../archive/build-tar.ts';
import { compressBzip2 } from '../archive/compress-bzip2.ts';
import { compressLzip } from '../archive/compress-lzip.ts';
import { compressXz } from '../archive/compress-xz.ts';
import { setAside, withBytes } from './set-aside.ts';

const text = Array.from({ length: 400 }, (_, at) => `the same content ${(at * 7919) % 1013}, `).join('');
const gz = (level = 6) => gzipSync(text, { level });
const zstd = (level: number) =>
  zstdCompressSync(text, { params: { [constants.ZSTD_c_compressionLevel]: level } });

/** A gzip with a name, a comment or an extra field put in. */
function withTexts(flags: number, texts: string): Buffer {
  const plain = gz();
  plain[3] = flags;
  return Buffer.concat([plain.subarray(0, 10), Buffer.from(texts, 'latin1'), plain.subarray(10)]);
}

describe('gzip-compression, zstd-compression, xz-compression, bzip2-compression, lzma-compression, lzip-compression', () => {
  it('set aside another stream of the same content, with the bytes of both streams', async () => {
    const [one, other] = [1, 9].map((level) => deflateRawSync(text, { level }).byteLength);
    const { result, uses } = await setAside(
      withBytes(gz(1), 8, Uint8Array.of(0)),
      withBytes(gz(9), 8, Uint8Array.of(0)),
    );
    expect({ result, uses }).toEqual({
      result: 'equivalent',
      uses: [`gzip-compression: gzip_deflate, ${(one ?? 0) + (other ?? 0)} bytes`],
    });
    const frames = [zstd(1), zstd(19)] as const;
    expect(await setAside(...frames)).toMatchObject({
      result: 'equivalent',
      uses: [expect.stringMatching(/^zstd-compression: .*zstd_frame/)],
    });
    expect((await setAside(...frames)).uses[0]).toContain(
      ` ${frames[0].byteLength + frames[1].byteLength} bytes`,
    );
    const long = text.repeat(20);
    const blocks = [compressBzip2(long, '-1'), compressBzip2(long, '-9')] as const;
    expect(await setAside(...blocks)).toMatchObject({
      result: 'equivalent',
      uses: [
        `bzip2-compression: bzip2_blocks bzip2_level, ${blocks[0].byteLength + blocks[1].byteLength} bytes`,
      ],
    });
    const streams = [compressXz(text, '-0', '--check=crc32'), compressXz(text, '-9')] as const;
    expect(await setAside(...streams)).toMatchObject({
      result: 'equivalent',
      uses: [
        'xz-compression: xz_blocks xz_filters xz_header, ' +
          `${streams[0].byteLength + streams[1].byteLength} bytes`,
      ],
    });
  });

  it('set aside another stream of the same content in an .lzma and an lzip', async () => {
    const lzma = (level: string) => compressXz(text, '--format=lzma', level);
    const streams = [lzma('-0'), lzma('-9')] as const;
    expect(await setAside(...streams)).toMatchObject({
      result: 'equivalent',
      uses: [
        'lzma-compression: lzma_blocks lzma_header, ' +
          `${streams[0].byteLength + streams[1].byteLength} bytes`,
      ],
    });
    const members = [compressLzip(text, 12), compressLzip(text, 20)] as const;
    expect(await setAside(...members)).toMatchObject({
      result: 'equivalent',
      uses: [
        'lzip-compression: lzip_blocks lzip_header, ' +
          `${members[0].byteLength + members[1].byteLength} bytes`,
      ],
    });
    const marked = lzma('-6');
    const told = Buffer.from(marked);
    told.writeBigUInt64LE(BigInt(Buffer.byteLength(text)), 5);
    expect((await setAside(marked, told)).uses).toEqual([
      `lzma-compression: lzma_blocks lzma_end, ${2 * marked.byteLength} bytes`,
    ]);
  });

  it('leave a content that was cut into other members, frames or streams', async () => {
    const [head, tail] = [text.slice(0, 700), text.slice(700)];
    for (const pack of [
      gzipSync,
      zstdCompressSync,
      (data: string) => compressXz(data),
      (data: string) => compressBzip2(data),
      (data: string) => compressLzip(data),
    ]) {
      const cut = (...parts: string[]) => Buffer.concat(parts.map((part) => pack(part)));
      const two = await setAside(cut(head, tail), cut(text.slice(0, 300), text.slice(300)));
      expect(two.result).toBe('different');
      expect(two.uses).toEqual([]);
      expect((await setAside(cut(head, tail), cut(text))).result).toBe('different');
    }
  });

  it('leave another content, and count nothing of its stream', async () => {
    expect(await setAside(gz(), gzipSync(`${text}!`))).toEqual({
      result: 'different',
      uses: [],
      left: ['content'],
    });
  });

  it('leave another format', async () => {
    expect((await setAside(gz(), zstd(3))).result).toBe('different');
  });

  it('are asked in nested archives, too', async () => {
    const packed = (level: number) => buildTar([{ name: 'n.gz', data: gz(level) }]);
    const { result, uses } = await setAside(packed(1), packed(9));
    expect(result).toBe('equivalent');
    expect(uses.map((use) => use.split(':')[0])).toEqual(['gzip-header', 'gzip-compression']);
  });
});

describe('gzip-header', () => {
  it.each([
    ['the system', withBytes(gz(), 9, Uint8Array.of(0)), 'gzip_os', 2],
    ['the level', withBytes(gz(), 8, Uint8Array.of(2)), 'gzip_xfl', 2],
    ['the mark of a text', withBytes(gz(), 3, Uint8Array.of(1)), 'gzip_flags', 2],
    ['a name', withTexts(8, 'file.tar\0'), 'gzip_flags gzip_name', 2 + 9],
    ['a comment', withTexts(16, 'made today\0'), 'gzip_comment gzip_flags', 2 + 11],
  ])('sets aside %s', async (_, other, fields, bytes) => {
    expect(await setAside(gz(), other)).toEqual({
      result: 'equivalent',
      uses: [`gzip-header: ${fields}, ${bytes} bytes`],
      left: [],
    });
  });

  it.each([
    ['an extra field', withTexts(4, '\u0002\0xy'), 'gzip_extra'],
    ['a name that leads out', withTexts(8, '../../.bashrc\0'), 'gzip_name'],
    ['a name with a drive', withTexts(8, 'c:x\0'), 'gzip_name'],
    ['a name with a control character', withTexts(8, 'a\u001b[2J\0'), 'gzip_name'],
    ['a comment that is no text', withTexts(16, '\u0001\u0002\0'), 'gzip_comment'],
  ])('leaves %s', async (_, other, field) => {
    const { result, left } = await setAside(gz(), other);
    expect(result).toBe('different');
    expect(left).toContain(field);
  });

  it('leaves a header whose checksum does not hold', async () => {
    const { result, left } = await setAside(gz(), withTexts(2, '\0\0'));
    expect({ result, left }).toEqual({ result: 'different', left: ['gzip_flags', 'gzip_header_crc'] });
  });
});
