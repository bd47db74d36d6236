import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '#core/errors/app-error.ts';
import { decodeSnappy } from '#services/upstream/shapes/snappy.ts';
import { digestHex, snappyLiterals } from '#test/harness/upstream/recorded.ts';

/** 700 bytes of text, compressed by the reference implementation's port in Rust (crate snap). */
const compressed = Buffer.from(
  'vAV4dGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcyBvdmVyIAEfIGxhenkgZG9nLAUO/i0A/i0A/i0A/i0A/i0A/i0A/i0Aqi0AAGGaAQDwWyEoLzY9REtSWWBnbnUiKTA3PkVMU1phaG92IyoxOD9GTVRbYmlwdyQrMjlAR05VXGNqcXglLDM6QUhPVl1ka3J5Ji00O0JJUFdeZWxzeicuNTxDSlFYX2ZtdCEobloA',
  'base64',
);

test('what others compressed is decoded, copies that overlap too', () => {
  const text = decodeSnappy(compressed, 700);
  expect(digestHex('sha256', text)).toBe('eab5af10ad9e27ee9dc08935c4c58035b858f7cf2f46e68fcc8cbb74e2d87bf3');
});

test('any bytes come back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70_000 }), (bytes) => {
      expect(Buffer.compare(decodeSnappy(snappyLiterals(bytes), bytes.length), bytes)).toBe(0);
    }),
  );
});

describe('refused', () => {
  test('more than is allowed, before any room is made for it', () => {
    expect(() => decodeSnappy(Buffer.from('ffffffff0f00', 'hex'), 6 * 1024 ** 2)).toThrow('larger than');
    expect(() => decodeSnappy(compressed, 699)).toThrow('larger than');
  });

  test.each([
    ['nothing', ''],
    ['a size without end', 'ffffffffffff'],
    ['a literal over its end', '05f0ff'],
    ['a copy of nothing before it', '0401 00'],
    ['too little', '0a00 61'],
    ['a copy from offset zero', '05 0061 0100'],
  ])('%s', (_what, hex) => {
    expect(() => decodeSnappy(Buffer.from(hex.replaceAll(' ', ''), 'hex'), 1000)).toThrow(AppError);
  });

  test('or decoded: whatever the bytes, never another exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          expect(decodeSnappy(bytes, 10_000).length).toBeLessThanOrEqual(10_000);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
