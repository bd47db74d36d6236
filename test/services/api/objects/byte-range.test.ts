import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteRange } from '#services/api/objects/byte-range.ts';

describe('byteRange', () => {
  it('reads from-to, from on, and the last so many, cut to the object', () => {
    expect(byteRange('bytes=2-4', 10)).toEqual([2, 4]);
    expect(byteRange('bytes=2-', 10)).toEqual([2, 9]);
    expect(byteRange('bytes=-3', 10)).toEqual([7, 9]);
    expect(byteRange('bytes=-99', 10)).toEqual([0, 9]);
    expect(byteRange('bytes=5-99', 10)).toEqual([5, 9]);
  });

  it('cannot satisfy what begins after the end, or nothing', () => {
    for (const header of ['bytes=10-', 'bytes=10-20', 'bytes=-0'])
      expect(byteRange(header, 10)).toBe('unsatisfiable');
    expect(byteRange('bytes=0-', 0)).toBe('unsatisfiable');
  });

  it('ignores other units, several ranges and what is malformed', () => {
    for (const header of [undefined, 'lines=1-2', 'bytes=1-2,4-5', 'bytes=4-2', 'bytes=-', 'bytes=a-b', ''])
      expect(byteRange(header, 10)).toBeUndefined();
  });

  it('never leads outside the object, whatever the header', () => {
    const header = fc.oneof(
      fc.string(),
      fc.tuple(fc.bigInt({ min: 0n }), fc.bigInt({ min: 0n })).map(([a, b]) => `bytes=${a}-${b}`),
      fc.bigInt({ min: 0n }).map((last) => `bytes=-${last}`),
    );
    fc.assert(
      fc.property(header, fc.nat(), (text, size) => {
        const range = byteRange(text, size);
        if (range === undefined || range === 'unsatisfiable') return;
        const [first, last] = range;
        expect(0 <= first && first <= last && last < size).toBe(true);
      }),
    );
  });
});
