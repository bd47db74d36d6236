import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { codecFixture, fixtureDigest } from './codec-fixture.ts';
import { compressXz } from './compress-xz.ts';
import { decode } from './decode.ts';
import { noise } from './noise.ts';

/** Filters of the real xz, and bytes that each takes for a branch, in the order in which a program has them. */
const filters: Readonly<Record<string, readonly number[]>> = {
  x86: [0xe8, 0xe9, 0, 0xff],
  arm: [0xeb],
  armthumb: [0xf0, 0xf8, 0xf7, 0xff],
  arm64: [0x94, 0x97, 0x90, 0xb0, 0xd0, 0xf0],
  powerpc: [0x48, 0x49, 0x4b, 0x01],
  sparc: [0x40, 0x7f, 0xc0],
  ia64: [0x10, 0x11, 0x12, 0x16, 0x50, 0x0a, 0],
};
const alignments: Readonly<Record<string, number>> = { x86: 1, armthumb: 2, ia64: 16 };
const names = Object.keys(filters);

/** Bytes in which branches are frequent: about every second byte is one of those that matter. */
function codeLike(name: string, size: number, seed: string): Buffer {
  const bytes = noise(size, seed);
  const which = noise(size, `${seed} which`);
  const marks = filters[name] ?? [];
  for (let at = 0; at < size; at++) {
    const chosen = which[at] ?? 0;
    if (chosen < 128) bytes[at] = marks[chosen % marks.length] ?? 0;
  }
  return bytes;
}

/** A program of this machine, with true branches. */
const program = readFileSync(process.execPath).subarray(0, 700_000);

async function expectContent(packed: Buffer, content: Buffer): Promise<string> {
  const { archive, content: decoded, findings } = await decode(packed);
  expect(findings).toEqual([]);
  expect(decoded.equals(content)).toBe(true);
  return archive?.fields['xz_filters'] ?? '';
}

describe('xz with filters', () => {
  it.each(names)('undoes %s as xz did it, in a program and in bytes full of branches', async (name) => {
    for (const content of [program, codeLike(name, 300_000, name), codeLike(name, 5, 'few')]) {
      const form = await expectContent(compressXz(content, `--${name}`, '--lzma2=preset=1'), content);
      expect(form).toMatch(/^[^ +@]+\+0x01[0-9a-f]{2}$/);
    }
  });

  it.each([1, 2, 4, 255, 256])('undoes delta of distance %i', async (distance) => {
    const content = Buffer.concat([program.subarray(0, 100_001), noise(70_000, 'delta')]);
    const form = await expectContent(compressXz(content, `--delta=dist=${distance}`, '--lzma2'), content);
    expect(form).toBe(`delta:${distance}+0x0116`);
  });

  it('undoes three filters one after the other, and one that begins elsewhere', async () => {
    const content = codeLike('x86', 200_000, 'chain');
    expect(
      await expectContent(compressXz(content, '--x86', '--delta=dist=4', '--arm', '--lzma2'), content),
    ).toBe('x86+delta:4+ARM+0x0316');
    expect(await expectContent(compressXz(content, '--x86=start=4096', '--lzma2'), content)).toBe(
      'x86@4096+0x0116',
    );
  });

  it.each([
    ['riscv.xz', 'RISC-V+0x0110'],
    ['riscv-start.xz', 'RISC-V@65538+0x0110'],
  ])('undoes the filter for RISC-V as XZ for Java did it, in %s', async (name, form) => {
    const { archive, content, findings } = await decode(codecFixture(name));
    expect(findings).toEqual([]);
    expect(createHash('sha256').update(content).digest('hex')).toBe(fixtureDigest('riscv'));
    expect(archive?.fields['xz_filters']).toBe(form);
  });

  it('undoes whatever xz did, of any size and in any blocks', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 3 }),
        fc.nat(3000),
        fc.nat(1_000_000),
        fc.integer({ min: 1, max: 3000 }),
        fc.nat(0xffff),
        async (chain, size, seed, block, start) => {
          const content = codeLike(chain[0] ?? '', size, String(seed));
          const options = chain.map((name) => {
            const alignment = alignments[name] ?? 4;
            return `--${name}=start=${(start * 65_537 - ((start * 65_537) % alignment)) % 0xfffffff0}`;
          });
          const packed = compressXz(content, `--block-size=${block}`, ...options, '--lzma2=preset=0');
          await expectContent(packed, content);
        },
      ),
      { numRuns: 120 },
    );
  });
});
