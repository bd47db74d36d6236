import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownCopy } from '#core/text/own-copy.ts';

describe('a copy of a text of its own', () => {
  it('is the same text, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.nat(60), (text, at) => {
        // Cut anywhere: also through a pair of surrogates.
        const cut = text.slice(at);
        expect(ownCopy(cut)).toBe(cut);
      }),
    );
    expect(ownCopy('\ud83d and more than thirteen')).toBe('\ud83d and more than thirteen');
  });
});
