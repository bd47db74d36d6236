import { describe, expect, test } from 'vitest';
import { showDifferences } from '#core/inspect/binary/show-bytes.ts';

function shown(a: string, b: string): (string | null | undefined)[][] {
  const [bytesA, bytesB] = [Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1')];
  return showDifferences('x', { bytes: bytesA, start: 100 }, { bytes: bytesB, start: 200 }).map((part) => [
    part.a,
    part.b,
    String(part.offset),
  ]);
}

describe('bytes that differ', () => {
  test('are shown as the text that they stand in, up to its NUL', () => {
    expect(shown('\0/build/one/x.c\0zzzz', '\0/build/two/x.c\0zzzz')).toEqual([
      ['"/build/one/x.c"', '"/build/two/x.c"', '108'],
    ]);
  });

  test('are shown once for one text, however many places of it differ', () => {
    expect(shown('aX-- -- -- -- --Xb', 'aY-- -- -- -- --Yb')).toEqual([
      ['"aX-- -- -- -- --Xb"', '"aY-- -- -- -- --Yb"', '101'],
    ]);
  });

  test('are shown as two texts where these lie next to one another', () => {
    expect(shown('old-1\0old-2', 'new-1\0new-2')).toEqual([['"old-1"; "old-2"', '"new-1"; "new-2"', '100']]);
  });

  test('are shown as digits where they are no text, and the last of eight places says how many more', () => {
    const filler = '\x01'.repeat(20);
    const [a, b] = ['\x02', '\x03'].map((byte) => Array.from({ length: 11 }, () => byte + filler).join(''));
    const rows = shown(a ?? '', b ?? '');
    expect(rows).toHaveLength(8);
    expect(rows[0]).toEqual(['0x02 |.|', '0x03 |.|', '100']);
    expect(rows[7]?.[0]).toBe('0x02 |.|, and 3 more places');
  });

  test('of two sizes are shown between what both begin and end with', () => {
    expect(shown('\0\0\x05\0\0', '\0\0\x06\x07\0\0')).toEqual([
      ['5 bytes, of which 0x05 |.|', '6 bytes, of which 0x0607 |..|', '102'],
    ]);
    expect(shown('aaaa', 'aaaaaa')).toEqual([
      ['4 bytes, of which "aaaa"', '6 bytes, of which "aaaaaa"', '104'],
    ]);
  });

  test('are found in long contents, whatever their sizes', () => {
    const long = '\x01'.repeat(100_000);
    expect(shown(`${long}\x02${long}`, `${long}\x03${long}`)).toEqual([['0x02 |.|', '0x03 |.|', '100100']]);
    expect(shown(`${long}${long}`, `${long}\x03${long}`)[0]?.[2]).toBe('100100');
  });
});
