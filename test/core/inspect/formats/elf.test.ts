import { describe, expect, test } from 'vitest';
import { Workshop } from '#test/core/explain/tools/made.ts';
import { look } from '../look.ts';
import { binary, namesOf, partsIn, said } from './made-binaries.ts';

const work = new Workshop();

const source = `#include <stdio.h>
static const char built[] = "built on 2026-11-22";
int twice(int x) { return 2 * x; }
int main(int argc, char **argv) { puts(built); return twice(argc); }
`;

function program(name: string, flags: readonly string[], text = source): Buffer {
  work.write('src/x.c', text);
  work.run('gcc', [...flags, '-o', name, 'src/x.c']);
  return work.read(name);
}

/** With its `.bss` said to stand behind the end of the file, as Go's linker does. */
function withBssBehindTheEnd(bytes: Buffer): Buffer {
  const moved = Buffer.from(bytes);
  const [table, count] = [Number(moved.readBigUInt64LE(0x28)), moved.readUInt16LE(0x3c)];
  const headers = Array.from({ length: count }, (_, index) => table + 64 * index);
  const bss = headers.find((at) => moved.readUInt32LE(at + 4) === 8) ?? 0;
  moved.writeBigUInt64LE(BigInt(moved.byteLength + 4096), bss + 0x18);
  return moved;
}

describe('a look inside ELF', () => {
  test('takes a section without bytes wherever it is said to stand', () => {
    const [a, b] = ['0x0123456789', '0xabcdef0123'].map((id) =>
      withBssBehindTheEnd(program('x', [`-Wl,--build-id=${id}`])),
    );
    const parts = partsIn('elf', a ?? Buffer.of(), b ?? Buffer.of());
    expect(namesOf(parts)).toEqual(['section .note.gnu.build-id']);
  });

  test('names the build id by its digits, and nothing else where that is all', () => {
    const [a, b] = ['0x0123456789', '0xabcdef0123'].map((id) => program('x', [`-Wl,--build-id=${id}`]));
    expect(partsIn('elf', a ?? Buffer.of(), b ?? Buffer.of())).toEqual([
      {
        kind: 'changed',
        name: 'section .note.gnu.build-id',
        a: '0123456789',
        b: 'abcdef0123',
        offset: expect.any(Number) as number,
      },
    ]);
  });

  test('tells debug paths apart from code', () => {
    const flags = (to: string) => ['-g', `-fdebug-prefix-map=${work.path('')}=${to}`, '-Wl,--build-id=none'];
    const [a, b] = [program('x', flags('/build/one')), program('x', flags('/build/two'))];
    const parts = partsIn('elf', a, b);
    expect(namesOf(parts).filter((name) => !name.startsWith('section .debug_'))).toEqual([]);
    expect(JSON.stringify(parts)).toContain('/build/one');
  });

  test('tells debug paths in compressed sections, of zlib', () => {
    const flags = (to: string) => [
      '-g',
      '-gz',
      `-fdebug-prefix-map=${work.path('')}=${to}`,
      '-Wl,--build-id=none',
    ];
    const [a, b] = [program('x', flags('/build/one')), program('x', flags('/build/two-longer'))];
    expect(JSON.stringify(said(partsIn('elf', a, b), 'section .debug_line_str'))).toContain('/build/one');
  });

  test('shows a text that differs, and the symbol that holds it', () => {
    const a = program('x', ['-Wl,--build-id=none']);
    const b = program('x', ['-Wl,--build-id=none'], source.replace('11-22', '11-23'));
    const both = ['"built on 2026-11-22"', '"built on 2026-11-23"'];
    const parts = partsIn('elf', a, b);
    expect(namesOf(parts)).toEqual(['section .rodata', 'symbol built']);
    expect(said(parts, 'section .rodata')).toEqual(both);
    expect(said(parts, 'symbol built')).toEqual(both);
  });

  test('names the functions whose code differs, and those that are new', () => {
    const a = program('x', ['-c']);
    const b = program('x', ['-c'], source.replace('return 2 * x', 'return 3 * x'));
    const names = namesOf(partsIn('elf', a, b));
    expect(names).toContain('section .text');
    expect(names.filter((name) => name.startsWith('symbol'))).toEqual(['symbol twice']);
    const c = program('x', ['-c'], `${source}int more(int x) { return x; }\n`);
    expect(partsIn('elf', a, c)).toContainEqual(
      expect.objectContaining({ kind: 'added', name: 'symbol more', a: null }),
    );
    expect(partsIn('elf', c, a)).toContainEqual(
      expect.objectContaining({ kind: 'removed', name: 'symbol more', b: null }),
    );
  });

  test('tells what is left out of a stripped file, and no symbol of its own', () => {
    const a = program('x', ['-g']);
    work.run('strip', ['-o', 'stripped', 'x']);
    const parts = partsIn('elf', a, work.read('stripped'));
    const removed = parts.filter(({ kind }) => kind === 'removed').map(({ name }) => name);
    expect(removed).toEqual(
      expect.arrayContaining(['section .symtab', 'section .strtab', 'section .debug_info']),
    );
    expect(namesOf(parts).filter((name) => name.startsWith('symbol'))).toEqual([]);
  });

  test('tells what the loader is told', () => {
    const a = program('x', ['-Wl,-rpath,/build/one/lib']);
    const b = program('x', ['-Wl,-rpath,/build/two/lib']);
    expect(said(partsIn('elf', a, b), 'section .dynstr')).toEqual(['"/build/one/lib"', '"/build/two/lib"']);
    const c = program('x', ['-lm', '-Wl,--no-as-needed', '-lm']);
    expect(partsIn('elf', program('x', []), c)).toContainEqual(
      expect.objectContaining({ kind: 'added', name: 'dynamic NEEDED', a: null, b: 'libm.so.6' }),
    );
  });

  test('tells the compiler and the debug link by their words', () => {
    const a = program('x', ['-Wl,--build-id=none']);
    for (const side of ['one', 'two']) {
      work.write('comment', `GCC: (Debian) ${side}\0`);
      work.write(`${side}.debug`, side);
      work.run('objcopy', [
        '--update-section',
        '.comment=comment',
        `--add-gnu-debuglink=${side}.debug`,
        'x',
        side,
      ]);
    }
    const parts = partsIn('elf', work.read('one'), work.read('two'));
    expect(said(parts, 'section .comment')).toEqual(['GCC: (Debian) one', 'GCC: (Debian) two']);
    expect(said(parts, 'section .gnu_debuglink')).toEqual([
      expect.stringMatching(/^one\.debug, CRC [\da-f]{8}$/),
      expect.stringMatching(/^two\.debug, CRC [\da-f]{8}$/),
    ]);
    expect(partsIn('elf', a, work.read('one'))).toContainEqual(
      expect.objectContaining({ kind: 'added', name: 'section .gnu_debuglink' }),
    );
  });

  test.each(['elf-mips', 'elf-arm'])('reads files of 32 bits and either byte order: %s', (name) => {
    const parts = partsIn('elf', binary(`${name}-one.o`), binary(`${name}-two.o`));
    expect(namesOf(parts)).toEqual(
      expect.arrayContaining(['section .text', 'section .rodata', 'symbol add_up', 'symbol text']),
    );
    expect(said(parts, 'symbol text')).toEqual(['"hello"', '"hallo"']);
  });

  test('tells architectures apart, and shows where nothing else can be compared', () => {
    const found = look('', binary('elf-mips-one.o'), binary('elf-arm-one.o'));
    expect(said(found?.parts ?? [], 'header e_ident data')).toEqual(['2 (big endian)', '1 (little endian)']);
    expect(said(found?.parts ?? [], 'section .text')).toBeDefined();
  });

  test('is not complete where sections claim the same bytes: a harmless name could cover code', () => {
    const [a, b] = [binary('elf-arm-one.o'), Buffer.from(binary('elf-arm-one.o'))];
    // Both headers of sections are moved onto the code: the offset of the last one is that of .text.
    const table = a.readUInt32LE(32);
    const count = a.readUInt16LE(48);
    const headers = Array.from({ length: count }, (_, index) => table + index * 40);
    const text = headers.find((at) => (a.readUInt32LE(at + 8) & 4) !== 0 && a.readUInt32LE(at + 20) > 0) ?? 0;
    const other =
      headers.find((at) => a.readUInt32LE(at + 4) === 1 && at !== text && a.readUInt32LE(at + 20) > 0) ?? 0;
    for (const side of [a, b]) side.writeUInt32LE(side.readUInt32LE(text + 16), other + 16);
    b[b.readUInt32LE(text + 16)] = (b[b.readUInt32LE(text + 16)] ?? 0) ^ 1;
    expect(look('', a, b)).toMatchObject({ format: 'elf', complete: false });
  });

  test('reads the segments of a file that has no sections', () => {
    const [a, b] = [work.path('none-a'), work.path('none-b')].map((_, side) => {
      const bytes = program(
        'x',
        ['-Wl,--build-id=none', '-static'],
        side === 0 ? source : source.replace('11-22', '11-23'),
      );
      bytes.writeBigUInt64LE(0n, 40);
      bytes.writeUInt16LE(0, 60);
      bytes.writeUInt16LE(0, 62);
      return bytes;
    });
    const found = look('', a ?? Buffer.of(), b ?? Buffer.of());
    expect(said(found?.parts ?? [], 'segment LOAD')).toEqual([
      '"built on 2026-11-22"',
      '"built on 2026-11-23"',
    ]);
  });
});
