import { describe, expect, test } from 'vitest';
import { look } from '../look.ts';
import { buildPe, contentAddress, contentOffset } from './build-pe.ts';
import { binary, namesOf, partsIn, said } from './made-binaries.ts';

const [one, two] = [binary('pe-one.dll'), binary('pe-two.dll')];

describe('a look inside PE', () => {
  test('names the times, the PDB, sections and exports', () => {
    const parts = partsIn('pe', one, two);
    const times = ['1700000001 (2023-11-14T22:13:21.000Z)', '1700000002 (2023-11-14T22:13:22.000Z)'];
    expect(said(parts, 'header TimeDateStamp')).toEqual(times);
    expect(said(parts, 'debug directory CodeView TimeDateStamp')).toEqual(times);
    expect(said(parts, 'debug CodeView path')).toEqual(['C:\\build\\one.pdb', 'C:\\build\\two.pdb']);
    const guid = expect.stringMatching(/^[\dA-F]{8}(?:-[\dA-F]{4}){3}-[\dA-F]{12}$/) as string;
    expect(said(parts, 'debug CodeView GUID')).toEqual([guid, guid]);
    expect(said(parts, 'section .rdata')).toEqual(['"hello"', '"hallo"']);
    expect(namesOf(parts)).toEqual(
      expect.arrayContaining(['section .text', 'export add_up', 'export add_two']),
    );
  });

  test('names one field where that is all', () => {
    const b = Buffer.from(one);
    const header = b.readUInt32LE(0x3c) + 4;
    b.writeUInt32LE(0x12345678, header + 20 + 64);
    expect(partsIn('pe', one, b)).toEqual([
      {
        kind: 'changed',
        name: 'optional header CheckSum',
        a: '0x0',
        b: '0x12345678',
        offset: header + 84,
      },
    ]);
  });

  test('reads object files, which are known by their names', () => {
    const [a, b] = [binary('coff-one.obj'), binary('coff-two.obj')];
    const parts = partsIn('pe', a, b, 'lib/x.obj');
    expect(said(parts, 'section .rdata')).toEqual(['"hello"', '"hallo"']);
    expect(namesOf(parts)).toEqual(expect.arrayContaining(['symbol add_up', 'symbol add_two']));
    expect(look('lib/x.dat', a, b)?.format).toBe('bytes');
  });

  test('reads imports', () => {
    const withImport = (name: string) => {
      const content = Buffer.alloc(0x100);
      content.writeUInt32LE(contentAddress + 0x40, 0);
      content.writeUInt32LE(contentAddress + 0x80, 12);
      content.writeBigUInt64LE(BigInt(contentAddress + 0x90), 0x40);
      content.writeBigUInt64LE(0x8000000000000007n, 0x48);
      content.write('KERNEL32.dll\0', 0x80, 'latin1');
      content.write(`${name}\0`, 0x92, 'latin1');
      return buildPe({ content, directories: { 1: [contentAddress, 40] } });
    };
    const parts = partsIn('pe', withImport('ExitProcess'), withImport('TrapProcess'));
    expect(parts.map(({ kind, name }) => [kind, name])).toEqual([
      ['changed', 'section .text'],
      ['removed', 'import KERNEL32.dll!ExitProcess'],
      ['added', 'import KERNEL32.dll!TrapProcess'],
    ]);
  });

  test('names the identifier of a .NET module, and its names', () => {
    const assembly = (identifier: number, name: string) => {
      const content = Buffer.alloc(0x100);
      content.writeUInt32LE(contentAddress + 0x48, 8);
      const root = 0x48;
      content.write('BSJB', root, 'latin1');
      content.writeUInt32LE(12, root + 12);
      content.write('v4.0.30319', root + 16, 'latin1');
      content.writeUInt16LE(2, root + 30);
      content.writeUInt32LE(0x60, root + 32);
      content.writeUInt32LE(16, root + 36);
      content.write('#GUID', root + 40, 'latin1');
      content.writeUInt32LE(0x70, root + 48);
      content.writeUInt32LE(16, root + 52);
      content.write('#Strings', root + 56, 'latin1');
      content.fill(identifier, root + 0x60, root + 0x70);
      content.write(`\0${name}\0`, root + 0x70, 'latin1');
      return buildPe({ content, directories: { 14: [contentAddress, 72] } });
    };
    const parts = partsIn('pe', assembly(0x11, 'First'), assembly(0x22, 'Other'));
    expect(parts.map(({ name, a, b }) => [name, a, b])).toEqual([
      [
        'metadata stream #GUID',
        '11111111-1111-1111-1111-111111111111',
        '22222222-2222-2222-2222-222222222222',
      ],
      ['metadata stream #Strings', '"First"', '"Other"'],
    ]);
  });

  test('names which tools made it, an Authenticode signature, and an overlay', () => {
    const rich = (count: number) => {
      const key = 0xa1b2c3d4;
      const words = [0x536e6144, 0, 0, 0, (260 << 16) | 30_000, count].map((word) => (word ^ key) >>> 0);
      const stub = Buffer.alloc(64);
      words.forEach((word, index) => stub.writeUInt32LE(word, index * 4));
      stub.write('Rich', 24, 'latin1');
      stub.writeUInt32LE(key, 28);
      return buildPe({ content: Buffer.from('code'), stub });
    };
    expect(said(partsIn('pe', rich(3), rich(4)), 'Rich header')).toEqual(['260.30000 × 3', '260.30000 × 4']);

    const signed = (signature: string) =>
      buildPe({
        content: Buffer.from('code'),
        directories: { 4: [contentOffset + 4, signature.length] },
        overlay: Buffer.from(signature),
      });
    expect(namesOf(partsIn('pe', signed('signature 1'), signed('signature 2')))).toEqual([
      'certificate table',
    ]);

    const overlaid = (text: string) => buildPe({ content: Buffer.from('code'), overlay: Buffer.from(text) });
    expect(look('', overlaid('more 1'), overlaid('more 2'))).toMatchObject({
      complete: false,
      parts: [{ name: 'unnamed bytes' }],
    });
  });

  test('reads sections without end in no time: their tables must lie in the file', () => {
    const b = Buffer.from(one);
    b.writeUInt16LE(0xffff, b.readUInt32LE(0x3c) + 6);
    expect(look('', one, b)?.format).toBe('bytes');
  });
});
