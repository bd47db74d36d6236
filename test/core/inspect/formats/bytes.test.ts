import { describe, expect, test } from 'vitest';
import { look } from '../look.ts';

const zeros = (length: number) => Buffer.alloc(length);

describe('two contents of no known format', () => {
  test('each region that differs is told by its place, as hexadecimal and ASCII', () => {
    const a = zeros(100_000);
    const b = zeros(100_000);
    a.write('ABC', 0x1a0);
    b.write('ABD', 0x1a0);
    b[70_000] = 255;
    expect(look('x.bin', a, b)).toEqual({
      format: 'bytes',
      complete: true,
      parts: [
        { kind: 'changed', name: 'byte 0x1a2', a: '43  |C|', b: '44  |D|', offset: 0x1a2 },
        { kind: 'changed', name: 'byte 0x11170', a: '00  |.|', b: 'ff  |.|', offset: 70_000 },
      ],
    });
  });

  test('bytes that only one side has are told as added or removed', () => {
    const a = Buffer.concat([Buffer.from('\0head'), Buffer.from('tail')]);
    const b = Buffer.concat([Buffer.from('\0head'), Buffer.from('\x01\x02more'), Buffer.from('tail')]);
    const part = { name: 'bytes 0x5–0xa', offset: 5 };
    const dump = '01 02 6d 6f 72 65  |..more|';
    expect(look('', a, b)?.parts).toEqual([{ kind: 'added', ...part, a: null, b: dump }]);
    expect(look('', b, a)?.parts).toEqual([{ kind: 'removed', ...part, a: dump, b: null }]);
  });
});
