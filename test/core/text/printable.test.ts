import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable } from '#core/text/printable.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({
    unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    maxLength: 60,
  }),
  fc.string({
    unit: fc.constantFrom(
      '\u001b',
      '[',
      '3',
      '1',
      'm',
      '\n',
      '\\',
      'u',
      '{',
      '}',
      '\u202e',
      'א',
      '\u200b',
      'é',
      '\u0301',
    ),
  }),
);

describe('printable', () => {
  it('leaves ordinary text as it is', () => {
    expect(printable('idna/core.py: 12 bytes, 100% of "that"')).toBe(
      'idna/core.py: 12 bytes, 100% of "that"',
    );
    expect(printable('café 日本語 €')).toBe('café 日本語 €');
  });

  it('escapes what moves a cursor, colours, reorders or hides', () => {
    expect(printable('a\u001b[31mred\u0007\u009b')).toBe('a\\x1b[31mred\\x07\\x9b');
    expect(printable('x\n\r\ty')).toBe('x\\n\\r\\ty');
    expect(printable('evil\u202etxt.exe\u2066\u200b\u00ad\ufeff')).toBe(
      'evil\\u{202e}txt.exe\\u{2066}\\u{200b}\\xad\\u{feff}',
    );
    expect(printable('\u2028\u00a0\u3164\u2800\u{e0041}\ud800')).toBe(
      '\\u{2028}\\xa0\\u{3164}\\u{2800}\\u{e0041}\\u{d800}',
    );
    expect(printable('אב')).toBe('\\u{5d0}\\u{5d1}');
    expect(printable('\u0301a')).toBe('\\u{301}a');
  });

  it('never lets a control, format, bidirectional or invisible character through', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(printable(text)).not.toMatch(
          /[\p{C}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/u,
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('shows different texts differently', () => {
    fc.assert(
      fc.property(anyText, anyText, (one, other) => {
        expect(printable(one) === printable(other)).toBe(one === other);
      }),
      { numRuns: 2000 },
    );
  });

  it('is never longer than asked, and never cuts an escape in two', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 80 }), (text, max) => {
        const shown = printable(text, max);
        const whole = printable(text);
        expect(shown.length).toBeLessThanOrEqual(max);
        if (whole.length <= max) expect(shown).toBe(whole);
        else if (max > 0) {
          expect(shown.endsWith('…')).toBe(true);
          expect(whole.startsWith(shown.slice(0, -1))).toBe(true);
          expect(shown.slice(0, -1)).not.toMatch(/(^|[^\\])(\\\\)*\\(x[0-9a-f]?|u(\{[0-9a-f]*)?)?$/);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
