import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { comparisonJson } from '#cli/reports/comparison-json.ts';
import { comparisonMarkdown } from '#cli/reports/comparison-markdown.ts';
import { comparisonSarif } from '#cli/reports/comparison-sarif.ts';
import { comparisonTerminal } from '#cli/reports/comparison-terminal.ts';
import { memorySource } from '#core/archive/byte-source.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import type { Comparison } from '#schemas/comparison.ts';
import { buildZip } from '#test/core/archive/build-zip.ts';

const names = { a: 'a.zip', b: 'b.zip' };
const lines = (...texts: string[]) => `${texts.join('\n')}\n`;
const numbered = (word: string) => Array.from({ length: 300 }, (_, at) => `${word} ${at}`);

const a = buildZip([
  { name: 'package.json', data: '{"version":"1.0","same":[1,2]}' },
  { name: 'x-1.dist-info/METADATA', data: lines('Metadata-Version: 2.1', 'Name: x', '', 'Text') },
  { name: 'long.txt', data: lines(...numbered('old').flatMap((line) => [line, 'same'])) },
  { name: 'x.bin', data: Buffer.from('\0\x01\x02\x03') },
]);
const b = buildZip([
  { name: 'package.json', data: '{"version":"1.1","same":[1,2]}' },
  { name: 'x-1.dist-info/METADATA', data: lines('Metadata-Version: 2.4', 'Name: x', '', 'Text') },
  { name: 'long.txt', data: lines(...numbered('new').flatMap((line) => [line, 'same'])) },
  { name: 'x.bin', data: Buffer.from('\0\x01\x02\x04') },
]);
const compare = (one: Uint8Array, other: Uint8Array, options = {}) =>
  compareSources(memorySource(one), memorySource(other), options);

let comparison: Comparison;
beforeAll(async () => {
  comparison = await compare(a, b);
});

const terminal = (all: boolean, colour = false) => comparisonTerminal(comparison, { names, colour, all });

describe('the reports of one comparison', () => {
  it('on a terminal show the places in each content, and fold what is long', () => {
    expect(terminal(false)).toContain('~ $.version: 1.0 → 1.1');
    expect(terminal(false)).toContain('~ Metadata-Version: 2.1 → 2.4');
    expect(terminal(false)).toContain('~ byte 0x3: 03  |.| → 04  |.|');
    expect(terminal(false)).toContain('… 296 more places (--all shows them)');
    expect(terminal(false)).not.toContain('new 50');
    expect(terminal(true)).toContain('~ line 101: old 50 → new 50');
  });

  it('have colours on a terminal only, and the same text without them', () => {
    // oxlint-disable-next-line no-control-regex -- the sequences are what it is about
    expect(terminal(false, true).replace(/\u001b\[[\d;]*m/g, '')).toBe(terminal(false));
    expect(terminal(false, true)).toContain('\u001b[33m~ $.version');
  });

  it('say what was cut, and how to see more', async () => {
    const cut =
      'unlisted: at most 200 places of a content, 20000 in all, are listed (--all and --max-differences list more';
    expect(comparison.cut).toHaveLength(1);
    expect(terminal(true)).toContain(cut);
    expect(comparisonMarkdown(comparison, names)).toContain(cut);
    expect(comparisonSarif(comparison, names, '1.0.0')).toContain(cut);
    expect((await compare(a, b, { partsMax: 5000 })).cut).toEqual([]);
    const few = await compare(a, b, { differencesMax: 1 });
    expect(few.differences).toHaveLength(1);
    expect(few.cut).toContainEqual({ kind: 'unlisted', detail: '1 of 4 differences are listed' });
  });

  it('as JSON are what the published schema says', async () => {
    const folder = join(import.meta.dirname, '../../../docs/schemas');
    const schema = JSON.parse(await readFile(join(folder, 'comparison-report-v1.json'), 'utf8')) as object;
    const valid = new Ajv2020({ strict: true, strictRequired: false }).compile(schema);
    for (const each of [comparison, await compare(a, a), await compare(a, a.subarray(0, 300))]) {
      expect(valid(JSON.parse(comparisonJson(each))), JSON.stringify(valid.errors)).toBe(true);
    }
    expect(valid({ ...comparison, more: 1 })).toBe(false);
    expect(valid({ ...comparison, result: 'same' })).toBe(false);
  });

  it('as SARIF name the places as related ones, with a line where the file itself is a text', async () => {
    const [one, other] = [lines('x', 'y', 'z'), lines('x', 'Y', 'z')];
    const text = await compare(Buffer.from(one), Buffer.from(other));
    const { runs } = JSON.parse(comparisonSarif(text, names, '1.0.0'));
    expect(runs[0].results).toHaveLength(1);
    expect(runs[0].results[0]).toMatchObject({
      message: { text: expect.stringContaining('text, 1 place: ~ line 2: y → Y') },
      relatedLocations: [
        {
          id: 0,
          message: { text: '~ line 2: y → Y' },
          physicalLocation: { artifactLocation: { uri: 'a.zip' }, region: { startLine: 2 } },
        },
      ],
    });
    expect(runs[0].tool.driver.rules[runs[0].results[0].ruleIndex].id).toBe(runs[0].results[0].ruleId);
  });
});

/** A comparison in which all that others can write is `text`. */
const evil = (text: string, count: number): Comparison => ({
  ...comparison,
  differences: Array.from({ length: count }, (_, at) => ({
    kind: 'content' as const,
    path: [`${at}${text}`],
    inside: {
      format: 'text',
      partsTotal: 99,
      parts: [
        { kind: 'changed' as const, name: text, a: `${text}\n${text}`, b: text },
        { kind: 'added' as const, name: 'line 3', a: null, b: text },
      ],
    },
  })),
  differencesTotal: count,
  findings: Array.from({ length: count }, () => ({
    id: 'f',
    severity: 'danger' as const,
    side: 'a' as const,
    path: [text],
    detail: text,
  })),
});

describe('what others wrote', () => {
  it('reaches no terminal and no alert with a character that moves, hides or reorders', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), (text) => {
        const hostile = evil(text, 2);
        const shown = comparisonTerminal(hostile, { names, colour: false, all: true });
        expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Bidi_Control}\u2028\u2029]/u);
        expect(comparisonSarif(hostile, names, '1.0.0')).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
      }),
    );
  });
});

describe('a comment on a pull request', () => {
  it('holds what others wrote in code only, whatever the backticks in it', () => {
    const hostile = fc.oneof(
      fc.string({
        unit: fc.constantFrom('`', '~', '\n', '<b>', '@x', '](', ' ', '-', '#', '|'),
        maxLength: 40,
      }),
      fc.constant('````\n</details>\n<img src=x> @everyone'),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const markdown = comparisonMarkdown(evil(text, 2), names);
        // Blocks first: a fence is closed by a line of as many backticks only.
        const outside = markdown
          .replace(/^ *(`{3,})diff\n[^]*?\n *\1$/gm, '')
          .replace(/(?<!`)(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, '');
        expect(outside).not.toMatch(/<b>|<img|@x|@everyone|\]\(/);
        expect(outside.match(/<details>/g)?.length).toBe(outside.match(/<\/details>/g)?.length);
      }),
      { numRuns: 1000 },
    );
  });

  it('fits into what GitHub takes, however much there is, and says what does not', () => {
    for (const text of ['x', '`'.repeat(500), 'long '.repeat(100), '\u202e'.repeat(400)]) {
      const markdown = comparisonMarkdown(evil(text, 3000), names);
      expect(markdown.length).toBeLessThan(65_536);
      expect(markdown).toMatch(/- and \d+ more/);
      expect(markdown).toContain('and 97 more places');
    }
  });
});
