import { describe, expect, test } from 'vitest';
import { look } from '../look.ts';
import { binary, namesOf, partsIn, said } from './made-binaries.ts';

const [one, two] = [binary('wasm-one.wasm'), binary('wasm-two.wasm')];

/** A custom section of a short name and content. */
function custom(name: string, content: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.of(name.length), Buffer.from(name), content]);
  return Buffer.concat([Buffer.of(0, body.byteLength), body]);
}

describe('a look inside WebAssembly', () => {
  test('names sections, functions, exports and what made it', () => {
    const parts = partsIn('wasm', one, two);
    expect(said(parts, 'custom section producers')).toEqual([
      'processed-by clang 14.0.6',
      'processed-by clang 15.0.7',
    ]);
    expect(said(parts, 'section data')).toEqual(['"hello"', '"hallo"']);
    expect(namesOf(parts)).toContain('section code');
    expect(
      parts.filter(({ name }) => /^(?:export|function)/.test(name)).map(({ kind, name }) => [kind, name]),
    ).toEqual([
      ['added', 'export add_two'],
      ['removed', 'export add_up'],
      ['added', 'function add_two'],
      ['removed', 'function add_up'],
    ]);
  });

  test('names the function whose code differs', () => {
    const b = Buffer.from(one);
    // i32.add, then the end of the function.
    b[b.indexOf(Buffer.of(0x6a, 0x0b))] = 0x6c;
    expect(namesOf(partsIn('wasm', one, b))).toEqual(['section code', 'function add_up']);
  });

  test('reads the custom sections that name a source map and a build id', () => {
    const map = (url: string) =>
      Buffer.concat([
        one,
        custom('sourceMappingURL', Buffer.from(`${String.fromCharCode(url.length)}${url}`)),
      ]);
    expect(
      said(partsIn('wasm', map('/one.map'), map('/two.map')), 'custom section sourceMappingURL'),
    ).toEqual(['/one.map', '/two.map']);
    const id = (byte: number) => Buffer.concat([one, custom('build_id', Buffer.of(2, 0xab, byte))]);
    expect(said(partsIn('wasm', id(1), id(2)), 'custom section build_id')).toEqual(['ab01', 'ab02']);
  });

  test('tells sections that one side has, and those in another order', () => {
    const [x, y] = [custom('x', Buffer.of(1)), custom('y', Buffer.of(1))];
    const [a, b] = [Buffer.concat([one, x, y]), Buffer.concat([one, y, x])];
    expect(partsIn('wasm', a, b).map(({ kind }) => kind)).toEqual(['reordered']);
    expect(partsIn('wasm', one, a).map(({ kind, name }) => [kind, name])).toEqual([
      ['added', 'custom section x'],
      ['added', 'custom section y'],
    ]);
  });

  test('leaves what is cut off to be compared as bytes', () => {
    expect(look('', one, one.subarray(0, -1))?.format).toBe('bytes');
  });
});
