import { describe, expect, test } from 'vitest';
import { Workshop } from '#test/core/explain/tools/made.ts';
import { look } from '../look.ts';
import { binary, namesOf, partsIn, said } from './made-binaries.ts';

const work = new Workshop();
const versions = ['3.8', '3.12', '3.13'];

function fixtures(version: string, other: string): [Buffer, Buffer] {
  return [binary(`python-${version}-one.pyc`), binary(`python-${version}-${other}.pyc`)];
}

function compiled(text: string, time: number, path = 'm.py'): Buffer {
  work.write('m.py', text);
  const code = `import os, py_compile, sys; os.utime("m.py", (${time}, ${time})); py_compile.compile("m.py", "m.pyc", "${path}", invalidation_mode=py_compile.PycInvalidationMode.TIMESTAMP)`;
  work.run('python3', ['-c', code]);
  return work.read('m.pyc');
}

describe('a look inside Python bytecode', () => {
  test('tells the header apart from the code', () => {
    const [a, b] = [compiled('x = 1\n', 1_700_000_000), compiled('x = 1\n', 1_800_000_000)];
    expect(partsIn('python-bytecode', a, b, 'm.pyc')).toEqual([
      {
        kind: 'changed',
        name: 'header source',
        a: '2023-11-14T22:13:20.000Z, 6 bytes',
        b: '2027-01-15T08:00:00.000Z, 6 bytes',
        offset: 8,
      },
    ]);
  });

  test('reads what the Python at hand wrote', () => {
    const [a, b] = ['1.5', '2.5'].map((number) =>
      compiled(`class Shape:\n  def area(self):\n    return ${number}\n`, 1_700_000_000),
    );
    const parts = partsIn('python-bytecode', a ?? Buffer.of(), b ?? Buffer.of(), 'm.pyc');
    expect(parts).toEqual([
      expect.objectContaining({
        name: expect.stringMatching(/^code Shape\.area co_consts\[\d\]$/) as string,
        a: '1.5',
        b: '2.5',
      }),
    ]);
  });

  test.each(versions)('of %s names the path of the source once for all code objects', (version) => {
    const [a, b] = fixtures(version, 'path');
    expect(partsIn('python-bytecode', a, b, 'm.pyc')).toEqual([
      expect.objectContaining({ kind: 'changed', name: 'co_filename', a: 'one/m.py', b: 'two/m.py' }),
    ]);
  });

  test.each(versions)('of %s names docstrings and assertions that are gone', (version) => {
    const [a, b] = fixtures(version, 'optimised');
    const parts = partsIn('python-bytecode', a, b, 'm.pyc');
    expect(said(parts, 'code Shape.area docstring')).toEqual(["'Its area.'", null]);
    expect(said(parts, 'code <module> docstring')).toEqual(["'What it is for.'", null]);
    // Before 3.9, an assertion is known by the name of its error.
    if (version === '3.8')
      expect(said(parts, 'code Shape.area co_names')).toEqual(["('AssertionError',)", '()']);
    else expect(said(parts, 'code Shape.area assertions')).toEqual(['1', '0']);
  });

  test('of 3.8 names a set that was written in another order', () => {
    const [a, b] = fixtures('3.8', 'seed');
    expect(partsIn('python-bytecode', a, b, 'm.pyc')).toEqual([
      expect.objectContaining({
        kind: 'reordered',
        name: expect.stringMatching(/^code Shape\.area\.<locals>\.known co_consts\[\d\]$/) as string,
        a: expect.stringMatching(/^frozenset\(\{'/) as string,
      }),
    ]);
  });

  test('says where the code is of another Python, and of which', () => {
    const parts = partsIn('python-bytecode', binary('python-3.8-one.pyc'), binary('python-3.13-one.pyc'));
    expect(said(parts, 'header magic')).toEqual(['3413 (Python 3.8)', '3571 (Python 3.13)']);
    expect(namesOf(parts)).toEqual(['header magic', 'header source', 'code']);
  });

  test('names marks for references, which differ where no value does', () => {
    const code = (version: number) =>
      `import marshal, sys; sys.stdout.buffer.write(marshal.dumps(compile("x = ['a', 'a']", "m.py", "exec"), ${version}))`;
    const [a, b] = [2, 4].map((version) =>
      Buffer.concat([
        compiled('x = 1\n', 1_700_000_000).subarray(0, 16),
        work.run('python3', ['-c', code(version)]),
      ]),
    );
    const parts = partsIn('python-bytecode', a ?? Buffer.of(), b ?? Buffer.of(), 'm.pyc');
    expect(namesOf(parts)).toEqual(['marshal form']);
  });

  test('names what is behind the code, and is not complete then', () => {
    const [a] = fixtures('3.12', 'one');
    const found = look('m.pyc', a, Buffer.concat([a, Buffer.from('more')]));
    expect(found).toMatchObject({ complete: false, parts: [{ name: 'unnamed bytes', b: '0x6d6f7265' }] });
  });

  test('shows the code as bytes where it cannot be read: values too deep, references to nothing', () => {
    const header = binary('python-3.12-one.pyc').subarray(0, 16);
    const deep = (end: number) => Buffer.concat([header, Buffer.alloc(50_000, ')\x01'), Buffer.of(end)]);
    expect(namesOf(partsIn('python-bytecode', deep(0x4e), deep(0x54), 'm.pyc'))).toEqual(['code']);
    const lost = (index: number) => Buffer.concat([header, Buffer.of(0x72, index, 0, 0, 0)]);
    expect(namesOf(partsIn('python-bytecode', lost(1), lost(2), 'm.pyc'))).toEqual(['code']);
  });
});
