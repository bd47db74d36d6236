import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseNumber, parseTarHeader } from '#core/archive/tar/header.ts';
import { rootPlace } from '#core/archive/reading.ts';
import { buildTar } from './build-tar.ts';

/** POSIX.1-2017, pax, "ustar Interchange Format": octal digits, led by spaces, ended by spaces or NULs. */
function octal(bytes: Uint8Array): number | undefined {
  const match = /^ *([0-7]*)[ \0]*$/.exec(Buffer.from(bytes).toString('latin1'));
  return match === null ? undefined : Number.parseInt(`0${match[1]}`, 8);
}

const byte = fc.oneof(fc.constantFrom(0, 0x20, 0x30, 0x37), fc.integer({ min: 0, max: 0x7f }));

function withChecksum(block: Buffer): Buffer {
  const header = Buffer.from(block);
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, value) => total + value, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

describe('a tar header', () => {
  test('has numbers of octal digits as POSIX has them, and no others', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 12 }),
        fc.array(byte, { maxLength: 12 }),
        (any, text) => {
          for (const bytes of [any.map((value) => value & 0x7f), Uint8Array.from(text)]) {
            if (bytes.byteLength > 0) expect(parseNumber(bytes)).toBe(octal(bytes));
          }
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('has another form for each byte that no other field tells', () => {
    const block = buildTar([{ name: 'name', data: Buffer.from('x') }]).subarray(0, 512);
    const parse = (header: Buffer) => JSON.stringify(parseTarHeader(rootPlace, header, 0));
    const before = parse(block);
    for (let at = 0; at < 512; at += 1) {
      if (at >= 148 && at < 156) continue;
      const changed = Buffer.from(block);
      changed[at] = (changed[at] ?? 0) ^ 1;
      let after: string;
      try {
        after = parse(withChecksum(changed));
      } catch {
        continue;
      }
      expect(after, `byte ${at}`).not.toBe(before);
    }
  });
});
