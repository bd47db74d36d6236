import fc from 'fast-check';
import { expect, test } from 'vitest';
import { preAuthEncoding } from '#verify/sigstore/pre-auth-encoding.ts';

test('the example of the DSSE specification', () => {
  const encoded = preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world'));
  expect(encoded.toString()).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
});

test('lengths are in bytes, not in characters', () => {
  expect(preAuthEncoding('é', Buffer.from('ü')).toString()).toBe('DSSEv1 2 é 2 ü');
});

test('no two pairs of type and payload are signed as the same bytes', () => {
  // Few characters, so that types look like lengths and payloads like types.
  const tricky = fc.string({ unit: fc.constantFrom(' ', '0', '1', '2', 'a'), maxLength: 6 });
  fc.assert(
    fc.property(tricky, tricky, tricky, tricky, (type1, payload1, type2, payload2) => {
      const [one, other] = [
        preAuthEncoding(type1, Buffer.from(payload1)),
        preAuthEncoding(type2, Buffer.from(payload2)),
      ];
      expect(one.equals(other)).toBe(type1 === type2 && payload1 === payload2);
    }),
    { numRuns: 3000 },
  );
});
