import { describe, expect, it } from 'vitest';
import { memorySource } from '#core/archive/byte-source.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import { buildZip } from '#test/core/archive/build-zip.ts';

const mebibyte = 1024 ** 2;
const compare = (a: Uint8Array, b: Uint8Array) => compareSources(memorySource(a), memorySource(b));

function changed(size: number, ...places: number[]): Buffer {
  const bytes = Buffer.alloc(size, '\0x');
  for (const place of places) bytes[place] = 1;
  return bytes;
}

describe('contents that are too large to be looked at as a whole', () => {
  it('of a file itself, several of the places that differ are shown', async () => {
    const places = [100, 10 * mebibyte, 18 * mebibyte + 5];
    const { differences } = await compare(changed(20 * mebibyte), changed(20 * mebibyte, ...places));
    expect(differences[0]?.inside).toEqual({
      format: 'bytes',
      parts: places.map((place) => ({
        kind: 'changed',
        name: `byte 0x${place.toString(16)}`,
        a: place % 2 === 0 ? '00  |.|' : '78  |x|',
        b: '01  |.|',
        offset: place,
      })),
      partsTotal: 3,
    });
  });

  it('of a member, the first place is shown, and which blocks differ behind it', async () => {
    const zip = (...places: number[]) => buildZip([{ name: 'x', data: changed(34 * mebibyte, ...places) }]);
    const { differences } = await compare(zip(), zip(mebibyte, 20 * mebibyte, 20 * mebibyte + 65_536));
    const content = differences.find(({ kind }) => kind === 'content');
    expect(content?.inside?.parts).toEqual([
      { kind: 'changed', name: 'byte 0x100000', a: '00  |.|', b: '01  |.|', offset: mebibyte },
      { kind: 'changed', name: 'somewhere in bytes 0x1400000–0x141ffff', offset: 20 * mebibyte },
    ]);
  });

  it('what only the longer one has is no difference that was looked at', async () => {
    const { differences } = await compare(changed(17 * mebibyte), changed(18 * mebibyte, 5));
    expect(differences[0]?.inside?.parts).toEqual([expect.objectContaining({ name: 'byte 0x5' })]);
  });

  it('of a text, the places are shown with the text around them', async () => {
    const text = (word: string) =>
      Buffer.from(`${'a line of text\n'.repeat(1_200_000)}this is ${word} of all\n${'more\n'.repeat(9)}`);
    const { differences } = await compare(text('the end'), text('the top'));
    expect(differences[0]?.inside?.parts).toMatchObject([
      { kind: 'changed', a: 'this is the end of all', b: 'this is the top of all' },
    ]);
  });
});
