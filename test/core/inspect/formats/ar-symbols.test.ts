import { describe, expect, test } from 'vitest';
import { causeOf, compare, Workshop } from '#test/core/explain/tools/made.ts';
import { look } from '../look.ts';
import { partsIn } from './made-binaries.ts';

const work = new Workshop();

/** A table as GNU ar writes it, each symbol in the member at `place`. */
function gnu(names: readonly string[], place = 68): Buffer {
  const numbers = Buffer.alloc(4 * (names.length + 1));
  numbers.writeUInt32BE(names.length);
  names.forEach((_, index) => numbers.writeUInt32BE(place, 4 * (index + 1)));
  return Buffer.concat([numbers, Buffer.from(names.map((name) => `${name}\0`).join(''))]);
}

describe('a look inside the table of symbols of a static library', () => {
  test('names symbols that come and go', () => {
    const parts = partsIn('ar-symbols', gnu(['main', 'old']), gnu(['main', 'new']), '/');
    expect(parts.map(({ kind, name }) => [kind, name])).toEqual([
      ['added', 'symbol new'],
      ['removed', 'symbol old'],
    ]);
  });

  test('tells another order, and other places of the members, apart', () => {
    expect(partsIn('ar-symbols', gnu(['x', 'y']), gnu(['y', 'x']), '/')).toEqual([
      { kind: 'reordered', name: 'symbols' },
    ]);
    expect(partsIn('ar-symbols', gnu(['x', 'y']), gnu(['x', 'y'], 70), '/')).toEqual([
      { kind: 'changed', name: 'places of members', a: '2 places', b: '2 places', offset: 0 },
    ]);
  });

  test('leaves a table that claims more than there is to be compared as bytes', () => {
    const b = gnu(['x']);
    b.writeUInt32BE(0xffffffff);
    expect(look('/', gnu(['x']), b)?.format).toBe('bytes');
  });

  test('reads what the real ar wrote, of members in another order', async () => {
    for (const name of ['one', 'two']) {
      work.write(`${name}.c`, `int ${name}(void) { return 1; }\n`);
      work.run('gcc', ['-c', `${name}.c`]);
    }
    work.run('ar', ['rcs', 'a.a', 'one.o', 'two.o']);
    work.run('ar', ['rcs', 'b.a', 'two.o', 'one.o']);
    const compared = await compare(work.read('a.a'), work.read('b.a'));
    const table = compared.differences.find(({ kind }) => kind === 'content');
    expect(table?.inside).toMatchObject({
      format: 'ar-symbols',
      parts: [{ kind: 'reordered', name: 'symbols' }],
    });
    expect(causeOf(compared, 'file-order')).toBeDefined();
  });
});
