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

  test('behind bytes that were put in, the rest is found again', () => {
    const random = Buffer.alloc(50_000);
    for (let at = 0, state = 1; at < random.length; at += 1) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
      random[at] = state >>> 16;
    }
    const b = Buffer.concat([random.subarray(0, 1000), Buffer.from('INSERTED'), random.subarray(1000)]);
    b[40_008] = (b[40_008] ?? 0) ^ 1;
    const parts = look('x.bin', random, b)?.parts ?? [];
    expect(parts.map(({ kind, name, offset }) => ({ kind, name, offset }))).toEqual([
      { kind: 'added', name: 'bytes 0x3e8–0x3ef', offset: 1000 },
      { kind: 'changed', name: 'byte 0x9c40', offset: 40_000 },
    ]);
    const back = look('x.bin', b, random)?.parts ?? [];
    expect(back.map(({ kind }) => kind)).toEqual(['removed', 'changed']);
  });
});
