import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanLogLine, logLineLengthMax } from '#core/text/log-line.ts';
import { HostileText } from '#schemas/text.ts';

const hostile = fc.stringMatching(
  // oxlint-disable-next-line no-control-regex -- what a hostile build writes
  /^[\u001b\u009b\u009d\u0007\r\t[\]()0-9;mKHlh?A-Za-z \u202e\u200b\ud800]*$/,
);

test('a clean line has no control character but the tab, no lone surrogate and is bounded', () => {
  fc.assert(
    fc.property(
      fc.oneof(hostile, fc.string({ unit: 'binary' })),
      fc.integer({ min: 40, max: 300 }),
      (raw, lengthMax) => {
        const clean = cleanLogLine(raw, lengthMax);
        expect(clean.length).toBeLessThanOrEqual(lengthMax);
        expect(clean.isWellFormed()).toBe(true);
        // oxlint-disable-next-line no-control-regex -- what is asserted to be absent
        expect(clean).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      },
    ),
  );
});

test('cleaning a clean line changes nothing', () => {
  fc.assert(
    fc.property(hostile, (raw) => {
      const clean = cleanLogLine(raw);
      expect(cleanLogLine(clean)).toBe(clean);
    }),
  );
});

test('plain text is kept as it is, also beyond ASCII', () => {
  expect(cleanLogLine('\tgcc -O2 -o x x.c — naïve 日本語 😀')).toBe('\tgcc -O2 -o x x.c — naïve 日本語 😀');
});

test.each([
  ['colours', '\u001b[1;31merror\u001b[0m: no', 'error: no'],
  ['a title of the window', '\u001b]0;owned\u0007text', 'text'],
  ['a hyperlink', '\u001b]8;;https://evil.example/\u001b\\click\u001b]8;;\u001b\\', 'click'],
  ['the 8-bit form', '\u009b2Jtext', 'text'],
  ['clearing the screen and moving the cursor', '\u001b[2J\u001b[1;1Htext', 'text'],
  ['text turned round', 'a\u202eb', 'ab'],
  ['a progress bar that overwrites itself', ' 10%\r 50%\r100%\r', '100%'],
])('%s is taken out', (_, raw, clean) => {
  expect(cleanLogLine(raw)).toBe(clean);
});

test('a line that is too long is cut, says by how much, and fits HostileText', () => {
  const clean = cleanLogLine('x'.repeat(1_000_000));
  expect(clean).toMatch(/ … \[996000 more\]$/);
  expect(clean.length).toBeLessThanOrEqual(logLineLengthMax);
  expect(HostileText.safeParse(clean).success).toBe(true);
});
