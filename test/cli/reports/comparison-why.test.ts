import { beforeAll, describe, expect, it } from 'vitest';
import { comparisonTerminal } from '#cli/reports/comparison-terminal.ts';
import { tellingParts } from '#cli/reports/telling-parts.ts';
import { wrapText } from '#cli/reports/wrap-text.ts';
import { memorySource } from '#core/archive/byte-source.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import type { Comparison } from '#schemas/comparison.ts';
import { buildTar } from '#test/core/archive/build-tar.ts';

const file = (name: string, data: string, mode = 0o644, mtime = 1_700_000_000) => ({
  name,
  data,
  mode,
  mtime,
});
const a = buildTar([
  file('one', '1', 0o644),
  file('two', '2', 0o644),
  file('three', '3', 0o755),
  file('only-a', 'x'.repeat(40)),
  file('text', 'red\n'),
]);
const b = buildTar([
  file('two', '2', 0o664),
  file('one', '1', 0o664),
  file('three', '3', 0o775),
  file('text', 'blue\n'),
]);

let comparison: Comparison;
beforeAll(async () => {
  comparison = await compareSources(memorySource(a), memorySource(b));
});

const shown = (all = false) =>
  comparisonTerminal(comparison, { names: { a: 'a', b: 'b' }, colour: false, all });

describe('why two files differ, on a terminal', () => {
  it('says how many of the differences a cause claims, and the same of several members once', () => {
    const total = comparison.differencesTotal;
    expect(shown().replace(/\s+/g, ' ')).toContain(`(likely, 3 of ${total} differences)`);
    expect(shown()).toMatch(/^ {4}one and 1 more: mode: 0644 → 0664$/m);
    expect(shown()).toMatch(/^ {4}three: mode: 0755 → 0775$/m);
  });

  it('does not say that it is all, where a cause lists no more of its evidence', async () => {
    const many = (mtime: number) =>
      buildTar(Array.from({ length: 60 }, (_, at) => file(`f${at}`, 'x', 0o644, mtime)));
    const times = await compareSources(memorySource(many(1_700_000_000)), memorySource(many(1_700_000_001)));
    const text = comparisonTerminal(times, { names: { a: 'a', b: 'b' }, colour: false, all: false });
    expect(text.replace(/\s+/g, ' ')).toContain('(likely, 60 of 60 differences)');
    expect(text).toMatch(/^ {4}f0 and 49 or more others: mtime: /m);
  });

  it('says what no cause explains, and where', () => {
    expect(shown()).toMatch(/^ {2}1 difference has no known cause, in text$/m);
  });

  it('names a member that only one side has, and an order, as what they are', () => {
    expect(shown()).toMatch(/^ {4}only-a: only in the first file \(file, 40 bytes, sha256 [0-9a-f]{12}…\)$/m);
    expect(shown()).toMatch(/^ {4}the file itself: order: one → two$/m);
  });

  it('has no sentence of more than 80 columns', () => {
    const sentences = shown()
      .split('\n')
      .filter((line) => /^ {4,8}\S/.test(line) && !line.includes(':'));
    expect(sentences.length).toBeGreaterThan(3);
    for (const line of sentences) expect(line.length).toBeLessThanOrEqual(80);
  });
});

describe('text that is wrapped', () => {
  it('keeps each word, its first indent, and a word that is too long as a whole', () => {
    expect(wrapText('  one two three', '    ', 10)).toEqual(['  one two', '    three']);
    expect(wrapText(`a ${'x'.repeat(20)} b`, ' ', 10)).toEqual(['a', ` ${'x'.repeat(20)}`, ' b']);
    expect(wrapText('', ' ', 10)).toEqual(['']);
  });
});

describe('the places in a binary', () => {
  const part = (name: string, one: string, other: string) => ({
    kind: 'changed' as const,
    name,
    a: one,
    b: other,
  });
  const headers = part('program headers', 'LOAD 0x1', 'LOAD 0x2');
  const code = part('section .text', '0x00 |.|', '0x01 |.|');
  const text = part('section .rodata', '"built at 1"', '"built at 2"');
  const tool = part('section .comment', 'GCC 12', 'GCC 13');

  it('begin with what tools say of themselves and with texts, and end with places and sizes', () => {
    const inside = { format: 'elf', parts: [headers, code, text, tool], partsTotal: 4 };
    expect(tellingParts(inside)).toEqual([tool, text, code, headers]);
  });

  it('stay in their order in a text', () => {
    const inside = { format: 'text', parts: [headers, tool], partsTotal: 2 };
    expect(tellingParts(inside)).toEqual([headers, tool]);
  });
});
