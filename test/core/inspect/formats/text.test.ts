import { describe, expect, test } from 'vitest';
import { look } from '../look.ts';

const lines = (...texts: string[]) => `${texts.join('\n')}\n`;

describe('two texts', () => {
  test('a changed, an added and a removed line are told by their numbers, with their offsets', () => {
    const a = lines('one', 'two', 'three', 'four', 'five');
    const b = lines('zero', 'one', 'two', 'Three', 'five');
    expect(look('a.txt', a, b)).toEqual({
      format: 'text',
      complete: true,
      parts: [
        { kind: 'added', name: 'line 1', a: null, b: 'zero', offset: 0 },
        { kind: 'changed', name: 'line 3', a: 'three', b: 'Three', offset: 8 },
        { kind: 'removed', name: 'line 4', a: 'four', b: null, offset: 14 },
      ],
    });
  });

  test('a run of lines is one part, of which the first are shown', () => {
    const added = Array.from({ length: 30 }, (_, at) => `new ${at}`);
    expect(look('', lines('a', 'z'), lines('a', ...added, 'z'))?.parts).toEqual([
      {
        kind: 'added',
        name: 'lines 2–31',
        a: null,
        b: 'new 0\nnew 1\nnew 2\nnew 3\n… 26 more lines',
        offset: 2,
      },
    ]);
  });

  test('a line that only moved is told as moved', () => {
    expect(look('', lines('a', 'b', 'c', 'd'), lines('b', 'c', 'd', 'a'))?.parts).toEqual([
      { kind: 'reordered', name: 'line 1', a: 'line 1: a', b: 'line 4: a', offset: 0 },
    ]);
  });

  test('the same lines in another order are one part', () => {
    const sorted = Array.from({ length: 40 }, (_, at) => `file ${String(at).padStart(2, '0')}`);
    const other = sorted.map((_, at) => sorted[(at * 17) % 40] ?? '');
    const parts = look('', lines(...sorted), lines(...other))?.parts;
    expect(parts).toHaveLength(1);
    expect(parts?.[0]).toMatchObject({ kind: 'reordered', name: 'lines 2–40' });
  });

  test('only other line ends are one part that counts them', () => {
    expect(look('', 'a\nb\nc\n', 'a\r\nb\r\nc\r\n')).toEqual({
      format: 'text',
      complete: true,
      parts: [{ kind: 'changed', name: 'line ends from line 1', a: '0 CRLF, 3 LF', b: '3 CRLF, 0 LF' }],
    });
  });

  test('other line ends do not hide a changed line', () => {
    expect(look('', 'a\nb\nc\n', 'a\r\nB\r\nc\r\n')?.parts).toEqual([
      { kind: 'changed', name: 'line 2', a: 'b', b: 'B', offset: 2 },
      { kind: 'changed', name: 'line ends from line 1', a: '0 CRLF, 3 LF', b: '3 CRLF, 0 LF' },
    ]);
  });

  test('a missing end of the last line is told as such', () => {
    expect(look('', 'a\nb', 'a\nb\n')?.parts).toEqual([
      { kind: 'added', name: 'end of the last line', a: null, b: 'LF' },
    ]);
  });

  test('a byte order mark and another encoding are told, and the text is compared all the same', () => {
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('grün\nx\n', 'utf16le')]);
    expect(look('', Buffer.from('\ufeffgrün\nx\n'), 'grün\nx\n')?.parts).toEqual([
      { kind: 'removed', name: 'byte order mark', a: 'present', b: null },
    ]);
    expect(look('', Buffer.from('grün\ny\n', 'latin1'), utf16)?.parts).toEqual([
      { kind: 'changed', name: 'encoding', a: 'ISO-8859-1', b: 'UTF-16LE' },
      { kind: 'added', name: 'byte order mark', a: null, b: 'present' },
      { kind: 'changed', name: 'line 2', a: 'y', b: 'x' },
    ]);
  });

  test('a long line is told by the places in it that differ, with what stands around them', () => {
    const words = Array.from({ length: 500 }, (_, at) => `word${at}`);
    const changed = words.map((word, at) => (at === 100 || at === 400 ? 'other' : word));
    const parts = look('x.min.js', words.join(' '), changed.join(' '))?.parts ?? [];
    expect(parts.map(({ name }) => name)).toEqual(['line 1, byte 691', 'line 1, byte 3091']);
    expect(parts[0]?.a).toBe('ord97 word98 word99 word100 word101 word102 wor');
    expect(parts[0]?.b).toBe('ord97 word98 word99 other word101 word102 wor');
  });

  test('of lines of which some are new and some changed, the changed ones go together', () => {
    const a = lines('head', 'version = 1', 'name = x', 'tail');
    const b = lines('head', '# made today', 'version = 2', 'name = y', 'tail');
    expect(look('a.txt', a, b)?.parts.map(({ kind, name, a: one }) => [kind, name, one])).toEqual([
      ['added', 'line 2', null],
      ['changed', 'line 2', 'version = 1'],
      ['changed', 'line 3', 'name = x'],
    ]);
  });

  test('of very many lines, each one that differs is told all the same', () => {
    const a = Array.from({ length: 250_000 }, (_, at) => `line ${at} of many`);
    const b = a.map((line, at) => (at === 7 || at === 200_000 ? `${line}, changed` : line));
    b.splice(100_000, 0, 'new');
    const parts = look('x.log', `${a.join('\n')}\n`, `${b.join('\n')}\n`)?.parts ?? [];
    expect(parts.map(({ kind, name, b: one }) => [kind, name, one])).toEqual([
      ['changed', 'line 8', 'line 7 of many, changed'],
      ['added', 'line 100001', 'new'],
      ['changed', 'line 200001', 'line 200000 of many, changed'],
    ]);
    expect(parts[2]?.offset).toBe(a.slice(0, 200_000).join('\n').length + 1);
  });
});
