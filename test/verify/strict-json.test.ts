import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseStrictJson } from '#verify/strict-json.ts';

const read = (text: string | Uint8Array) => parseStrictJson(Buffer.from(text as string), 1_000_000);

test('what JSON.parse reads is read the same, unless a member is there twice', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), (text) => {
      const strict = read(text);
      if (strict.ok) expect(strict.value).toEqual(JSON.parse(text));
      else expect(strict.fault).toMatch(/twice|__proto__/);
    }),
  );
});

test('any object with one of its members said again is refused, however the name is escaped', () => {
  const escaped = (name: string): string =>
    `"${[...name]
      .flatMap((c) => c.split(''))
      .map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join('')}"`;
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue({ maxDepth: 2 }), { minKeys: 1 }),
      fc.nat(),
      fc.boolean(),
      (object, pick, escape) => {
        const names = Object.keys(object);
        const name = names[pick % names.length] ?? '';
        const inner = JSON.stringify(object).slice(1, -1);
        const again = escape ? escaped(name) : JSON.stringify(name);
        expect(read(`{${inner},${again}:1}`).ok).toBe(false);
        expect(read(`[{"x":{${inner},${again}:1}}]`).ok).toBe(false);
      },
    ),
  );
});

test('the same name in two objects, and in a string, is no repetition', () => {
  expect(read('[{"a":{"a":"a\\":\\"a"}},{"a":["a",{"a":1}]},"{\\"a\\":1,\\"a\\":2}"]').ok).toBe(true);
});

test.each([
  ['a byte order mark', Buffer.from('\ufeff{}')],
  ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ['an overlong encoding', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
  ['a comment', Buffer.from('{}//')],
  ['two documents', Buffer.from('{}{}')],
  ['nothing', Buffer.alloc(0)],
  ['a member named __proto__', Buffer.from('{"__proto__":{"a":1}}')],
  ['more depth than anybody needs', Buffer.from('['.repeat(65) + ']'.repeat(65))],
  ['a hundred thousand brackets', Buffer.from('['.repeat(100_000))],
])('%s is refused', (_, bytes) => {
  expect(read(bytes).ok).toBe(false);
});

test('more bytes than allowed are refused before they are read', () => {
  expect(parseStrictJson(Buffer.from('[1,2]'), 4)).toEqual({ ok: false, fault: '5 bytes, more than 4' });
});

test('any bytes are answered, never thrown at', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => typeof read(bytes).ok === 'boolean'));
});
