import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { look, partsOf } from '../look.ts';

const parts = (a: string, b: string) => partsOf('json', 'package.json', a, b);
const json = (value: unknown) => JSON.stringify(value, undefined, 2);

describe('two JSON texts', () => {
  test('members that are added, removed or changed are told by their path', () => {
    const a = { name: 'x', version: '1.0.0', scripts: { build: 'tsc' }, files: ['a', 'b', 'c'] };
    const b = { name: 'x', version: '1.0.1', gitHead: 'abc', scripts: {}, files: ['a', 'x', 'c', 'd'] };
    expect(parts(json(a), json(b))).toEqual([
      { kind: 'changed', name: '$.version', a: '1.0.0', b: '1.0.1' },
      { kind: 'removed', name: '$.scripts.build', a: 'tsc', b: null },
      { kind: 'changed', name: '$.files[1]', a: 'b', b: 'x' },
      { kind: 'added', name: '$.files[3]', a: null, b: 'd' },
      { kind: 'added', name: '$.gitHead', a: null, b: 'abc' },
      { kind: 'changed', name: 'spelling', a: expect.anything(), b: expect.anything() },
    ]);
  });

  test('the offset is that of the value in the content', () => {
    const text = '{ "grün": 1, "x": [true] }';
    const found = look('', text, text.replace('true', 'false'));
    expect(found?.parts).toMatchObject([{ name: '$.x[0]', offset: Buffer.from(text).indexOf('true') }]);
  });

  test('another order of members is told as such, of elements too', () => {
    expect(parts('{"a":1,"b":2,"c":{"x":1,"y":2}}', '{"b":2,"a":1,"c":{"y":2,"x":1}}')).toMatchObject([
      { kind: 'reordered', name: '$' },
      { kind: 'reordered', name: '$.c' },
    ]);
    expect(parts('[[1],[2],[3],[4]]', '[[4],[1],[2],[3]]')).toEqual([
      { kind: 'reordered', name: '$', a: '[1], [2], [3], [4]', b: '[4], [1], [2], [3]' },
    ]);
  });

  test('only other white space or escapes is one part', () => {
    const a = { list: [1, 2, { deep: 'é/' }] };
    for (const b of [json(a), '{"list":[1,2,{"deep":"\\u00e9\\/"}]}', '{"list":[1,2,{"d\\u0065ep":"é/"}]}\n'])
      expect(parts(JSON.stringify(a), b)).toMatchObject([{ kind: 'changed', name: 'spelling' }]);
  });

  test('members of one name, large numbers and other kinds of one spelling are not lost', () => {
    expect(parts('{"a":1,"a":2}', '{"a":1,"a":3}')).toMatchObject([
      { kind: 'changed', name: '$.a (2 of 2)', a: '2', b: '3' },
    ]);
    expect(parts('[9007199254740993]', '[9007199254740992]')).toMatchObject([
      { kind: 'changed', name: '$[0]', a: '9007199254740993', b: '9007199254740992' },
    ]);
    expect(parts('{"":1}', '{"":"1"}')).toMatchObject([{ kind: 'changed', name: '$[""]', a: '1', b: '"1"' }]);
    expect(parts('["\\ud800"]', '["\\ud801"]')).toMatchObject([{ name: '$[0]', kind: 'changed' }]);
  });

  test('what is not JSON on one side, or nested too deep, is compared as text', () => {
    const deep = '['.repeat(5000) + ']'.repeat(5000);
    for (const [a, b] of [
      ['{"a":1}', '{"a":1,}'],
      [`${deep}`, `${deep}\n`],
      ['[1]', '[01]'],
      ['["\t"]', '["a"]'],
    ] as const)
      expect(look('x.json', a, b)?.format).toBe('text');
  });

  test('in a random document with one value changed, that value is named by its path', () => {
    const scalar = fc.oneof(fc.integer(), fc.boolean(), fc.string({ maxLength: 5 }), fc.constant(null));
    const key = fc.stringMatching(/^[a-z]{1,4}$/);
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        scalar,
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(fc.array(key, { maxLength: 4 }), value, value, (path, before, around) => {
        const wrap = (leaf: unknown) =>
          path.reduceRight<unknown>((inner, name) => ({ around, [name]: inner, before }), leaf);
        const [a, b] = [json(wrap('the one')), json(wrap('the other'))];
        const name = `$${path.map((step) => `.${step}`).join('')}`;
        expect(parts(a, b)).toEqual([{ kind: 'changed', name, a: 'the one', b: 'the other' }]);
      }),
      { numRuns: 500 },
    );
  });
});
