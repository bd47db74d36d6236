import { describe, expect, test } from 'vitest';
import { diffRegions } from '#core/inspect/binary/diff-regions.ts';
import { account, type Region } from '#core/inspect/binary/region.ts';
import { Work, WorkSpent } from '#core/inspect/work.ts';

const enough = () => new Work(1024 ** 2);
const bytes = Buffer.from('HEADtexttext\0\0\0datatail');

function owners(regions: readonly Region[]): (readonly [string, readonly (readonly [number, number])[]])[] {
  return account(bytes, regions, enough()).regions.map(({ name, pieces }) => [name, pieces] as const);
}

describe('an account of the bytes of a file', () => {
  test('names what no region owns, unless it is zero', () => {
    const regions = [
      { name: 'head', start: 0, end: 4 },
      { name: 'text', start: 4, end: 12 },
      { name: 'data', start: 15, end: 19 },
    ];
    expect(owners(regions)).toEqual([
      ['head', [[0, 4]]],
      ['text', [[4, 12]]],
      ['data', [[15, 19]]],
      ['unnamed bytes', [[19, 23]]],
    ]);
  });

  test('gives a detail its bytes, and the region that it lies in the rest', () => {
    const regions: Region[] = [
      { name: 'all', start: 0, end: 23 },
      { name: 'inner', start: 4, end: 8, detail: true },
      { name: 'other', start: 12, end: 15, detail: true },
    ];
    expect(owners(regions)).toEqual([
      ['inner', [[4, 8]]],
      ['other', [[12, 15]]],
      [
        'all',
        [
          [0, 4],
          [8, 12],
          [15, 23],
        ],
      ],
    ]);
  });

  test('keeps a region that a detail takes all of, with nothing in it', () => {
    const regions: Region[] = [
      { name: 'all', start: 0, end: 23 },
      { name: 'inner', start: 0, end: 23, detail: true },
    ];
    expect(owners(regions)).toContainEqual(['all', [[0, 0]]]);
  });

  test('tells two regions that claim the same bytes', () => {
    const regions = [
      { name: 'one', start: 0, end: 10 },
      { name: 'none', start: 5, end: 5 },
      { name: 'other', start: 9, end: 23 },
    ];
    expect(account(bytes, regions, enough()).overlap).toBe('one and other');
    expect(account(bytes, regions.slice(0, 2), enough()).overlap).toBeUndefined();
  });

  test('costs work for each region, so that many that overlap end soon', () => {
    const many = Array.from({ length: 5000 }, (): Region => ({ name: 'r', start: 0, end: 23 }));
    const details = many.map((region): Region => ({ ...region, detail: true }));
    expect(() => account(bytes, [...many, ...details], new Work(64 * 1024 ** 2))).toThrow(WorkSpent);
  });
});

describe('a comparison region by region', () => {
  const side = (text: string, ...regions: Region[]) => ({ bytes: Buffer.from(text), regions });
  const whole = (name: string, end: number): Region => ({ name, start: 0, end });

  test('is complete where each byte that differs lies in a region', () => {
    const found = diffRegions(side('abcd', whole('x', 4)), side('abXd', whole('x', 4)), {}, enough());
    expect(found).toEqual({
      parts: [{ kind: 'changed', name: 'x', a: '"abcd"', b: '"abXd"', offset: 2 }],
      complete: true,
    });
  });

  test('is not complete where bytes differ that no region owns', () => {
    const found = diffRegions(side('abcd', whole('x', 2)), side('abcX', whole('x', 2)), {}, enough());
    expect(found.complete).toBe(false);
    expect(found.parts.map(({ name }) => name)).toEqual(['unnamed bytes']);
  });

  test('is not complete where regions overlap, even on one side, which is told', () => {
    const a = side('abcd', whole('x', 4), { name: 'y', start: 2, end: 4 });
    const b = side('abXd', whole('x', 4), { name: 'y', start: 4, end: 4 });
    const found = diffRegions(a, b, {}, enough());
    expect(found.complete).toBe(false);
    expect(found.parts).toContainEqual({
      kind: 'changed',
      name: 'overlapping regions',
      a: 'x and y',
      b: null,
    });
  });

  test('names regions that one side has, and regions in another order', () => {
    const a = side('aabb', whole('x', 2), { name: 'y', start: 2, end: 4 });
    const b = side('bbaac', whole('y', 2), { name: 'x', start: 2, end: 4 }, { name: 'z', start: 4, end: 5 });
    expect(diffRegions(a, b, {}, enough()).parts).toEqual([
      { kind: 'added', name: 'z', a: null, b: '0x63', offset: 4 },
      { kind: 'reordered', name: 'order', a: 'x', b: 'y' },
    ]);
  });

  test('shows the bytes where the look of a region has nothing to say of them, or fails', () => {
    const region = { ...whole('x', 4), type: 'known' };
    const [a, b] = [side('abcd', region), side('abXd', region)];
    const plain = diffRegions(a, b, {}, enough());
    expect(diffRegions(a, b, { known: () => undefined }, enough())).toEqual(plain);
    expect(diffRegions(a, b, { known: () => [] }, enough())).toEqual(plain);
  });
});
