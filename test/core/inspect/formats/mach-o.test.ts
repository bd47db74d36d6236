import { describe, expect, test } from 'vitest';
import { look } from '../look.ts';
import { binary, namesOf, partsIn, said } from './made-binaries.ts';

const [one, two] = [binary('mach-o-one.dylib'), binary('mach-o-two.dylib')];

/** The first load command of this kind; of 64 bits, little endian. */
function commandAt(bytes: Buffer, kind: number): number {
  let at = 32;
  while (bytes.readUInt32LE(at) !== kind) at += bytes.readUInt32LE(at + 4);
  return at;
}

describe('a look inside Mach-O', () => {
  test('names load commands, sections, symbols and the signature', () => {
    const parts = partsIn('mach-o', one, two);
    expect(namesOf(parts)).toEqual([
      'load command LC_RPATH',
      'load command LC_UUID',
      'section __TEXT,__text',
      'section __TEXT,__const',
      'code signature',
      'symbol _add_up',
      'symbol _text',
    ]);
    expect(said(parts, 'load command LC_RPATH')).toEqual(['/build/one', '/build/two']);
    expect(said(parts, 'load command LC_UUID')).toEqual([
      expect.stringMatching(/^[\da-f]{32}$/),
      expect.stringMatching(/^[\da-f]{32}$/),
    ]);
    expect(said(parts, 'symbol _text')).toEqual(['"hello"', '"hallo"']);
  });

  test('names one load command where that is all, and says what it says', () => {
    const b = Buffer.from(one);
    const at = commandAt(b, 0x32);
    b.writeUInt32LE(0x000d0100, at + 16);
    expect(partsIn('mach-o', one, b)).toEqual([
      {
        kind: 'changed',
        name: 'load command LC_BUILD_VERSION',
        a: 'macOS 11.0.0, SDK 12.3.0, ld 14.0.6',
        b: 'macOS 11.0.0, SDK 13.1.0, ld 14.0.6',
        offset: at,
      },
    ]);
  });

  test('of several architectures names that of each part', () => {
    const parts = partsIn('mach-o', binary('mach-o-fat-one.o'), binary('mach-o-fat-two.o'));
    expect(said(parts, 'symbol _text (arm64)')).toEqual(['"hello"', '"hallo"']);
    expect(said(parts, 'symbol _text (x86_64)')).toEqual(['"hello"', '"hallo"']);
    expect(namesOf(parts)).toContain('section __TEXT,__text (arm64)');
  });

  test('tells the times of object files that a table of symbols holds', () => {
    const a = Buffer.from(one);
    const table = commandAt(a, 2);
    const entry = a.readUInt32LE(table + 8);
    a[entry + 4] = 0x66;
    const b = Buffer.from(a);
    a.writeBigUInt64LE(1_700_000_000n, entry + 8);
    b.writeBigUInt64LE(1_700_000_001n, entry + 8);
    expect(said(partsIn('mach-o', a, b), 'object file time')).toEqual([
      '2023-11-14T22:13:20.000Z',
      '2023-11-14T22:13:21.000Z',
    ]);
  });

  test('is not complete where an architecture claims the bytes of another', () => {
    const [a, b] = [binary('mach-o-fat-one.o'), binary('mach-o-fat-two.o')];
    for (const side of [a, b]) side.copy(side, 28, 8, 28);
    expect(look('', a, b)).toMatchObject({ format: 'mach-o', complete: false });
  });

  test('leaves what is cut off to be compared as bytes', () => {
    expect(look('', one, one.subarray(0, 4000))?.format).toBe('bytes');
  });
});
