import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addRegions } from '#core/inspect/bytes/regions.ts';
import { inspectors } from '#core/inspect/inspectors.ts';
import { PartList } from '#core/inspect/part-list.ts';
import { hunksOf } from '#core/inspect/sequence/hunks.ts';
import { matchSequences } from '#core/inspect/sequence/match-sequences.ts';
import { decodeText } from '#core/inspect/text/decode-text.ts';
import { diffLines } from '#core/inspect/text/diff-lines.ts';
import { splitLines } from '#core/inspect/text/lines.ts';
import { Work, WorkSpent } from '#core/inspect/work.ts';
import { look } from '#test/core/inspect/look.ts';

const runs = Number(process.env['ASSAY_PROPERTY_RUNS'] ?? 2500);
const enough = () => new Work(64 * 1024 ** 2);

const sequence = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 60 });

describe('a match of two sequences', () => {
  it('is in order, of equal elements, and the same whichever side comes first', () => {
    fc.assert(
      fc.property(sequence, sequence, (a, b) => {
        const [idsA, idsB] = [Int32Array.from(a), Int32Array.from(b)];
        const matches = matchSequences(idsA, idsB, false, enough());
        const matched = [...matches].flatMap((to, from) => (to === -1 ? [] : [[from, to] as const]));
        for (const [from, to] of matched) expect(a[from]).toBe(b[to]);
        expect(matched.map(([, to]) => to)).toEqual(matched.map(([, to]) => to).sort((x, y) => x - y));
        expect(new Set(matched.map(([, to]) => to)).size).toBe(matched.length);
        const back = matchSequences(idsB, idsA, true, enough());
        expect([...back].flatMap((to, from) => (to === -1 ? [] : [[to, from]]))).toEqual(matched);
      }),
      { numRuns: runs },
    );
  });

  it('leaves no more unmatched than was changed, where that is little', () => {
    const edits = fc.array(fc.tuple(fc.nat(59), fc.integer({ min: 100, max: 110 })), { maxLength: 5 });
    fc.assert(
      fc.property(fc.array(fc.nat(5), { minLength: 60, maxLength: 60 }), edits, (a, changes) => {
        const b = [...a];
        for (const [at, value] of changes) b[at] = value;
        const matches = matchSequences(Int32Array.from(a), Int32Array.from(b), false, enough());
        // Unique elements on both sides may be taken first, at the price of others.
        expect([...matches].filter((to) => to === -1).length).toBeLessThanOrEqual(3 * changes.length);
      }),
      { numRuns: runs },
    );
  });
});

const line = fc.oneof(fc.constantFrom('', 'a', 'b', 'same', '}'), fc.string({ maxLength: 12 }));
const document = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\n', '\n', '\r\n')), { maxLength: 30 })
  .map((lines) => lines.map(([one, end]) => one.replaceAll('\n', ' ') + end).join(''));

describe('the lines of two texts', () => {
  it('of `a` become those of `b` where each hunk is replaced', () => {
    fc.assert(
      fc.property(document, document, (a, b) => {
        const [linesA, linesB] = [a, b].map((each) => {
          const text = decodeText(Buffer.from(each.replaceAll('\0', '')), enough());
          if (text === undefined) throw new Error('no text');
          return splitLines(text, 0, text.utf8.length, 1, enough());
        });
        if (linesA === undefined || linesB === undefined) throw new Error('no lines');
        const { hunks } = diffLines(linesA, linesB, false, enough());
        const patched = [...linesA.texts];
        for (const { aStart, aEnd, bStart, bEnd } of hunks.toReversed())
          patched.splice(aStart, aEnd - aStart, ...linesB.texts.slice(bStart, bEnd));
        expect(patched).toEqual(linesB.texts);
      }),
      { numRuns: runs },
    );
  });

  it('are cut into hunks that touch nowhere', () => {
    fc.assert(
      fc.property(sequence, sequence, (a, b) => {
        const matches = matchSequences(Int32Array.from(a), Int32Array.from(b), false, enough());
        const hunks = hunksOf(matches, b.length);
        for (const [at, { aStart, bStart }] of hunks.slice(1).entries()) {
          expect(aStart).toBeGreaterThan(hunks[at]?.aEnd ?? 0);
          expect(bStart).toBeGreaterThan(hunks[at]?.bEnd ?? 0);
        }
      }),
      { numRuns: runs },
    );
  });
});

describe('the regions of bytes of two contents', () => {
  it('account for every byte: all else is the same, in order', () => {
    const bytesOf = fc.uint8Array({ maxLength: 400 }).map((each) => Buffer.from(each));
    const edit = fc.tuple(fc.nat(400), fc.nat(20), fc.uint8Array({ maxLength: 20 }));
    fc.assert(
      fc.property(bytesOf, fc.array(edit, { maxLength: 4 }), (a, edits) => {
        let b = a;
        for (const [at, length, put] of edits)
          b = Buffer.concat([b.subarray(0, at), put, b.subarray(at + length)]);
        const kept = [Buffer.from(a), Buffer.from(b)].map((bytes) => [...bytes] as (number | undefined)[]);
        const parts = new PartList(enough());
        addRegions({ bytes: a, start: 0 }, { bytes: b, start: 0 }, parts, enough());
        // Each side's region has as many bytes as its dump says, at its own place.
        let shift = 0;
        for (const { a: dumpA, b: dumpB, kind, offset = 0 } of parts.finish().parts) {
          const [sizeA, sizeB] = [dumpA, dumpB].map(dumpSize);
          const startA = kind === 'added' ? offset - shift : offset;
          kept[0]?.fill(undefined, startA, startA + (sizeA ?? 0));
          kept[1]?.fill(undefined, startA + shift, startA + shift + (sizeB ?? 0));
          shift += (sizeB ?? 0) - (sizeA ?? 0);
        }
        const [restA, restB] = kept.map((each) => each.filter((byte) => byte !== undefined));
        expect(restA).toEqual(restB);
      }),
      { numRuns: runs },
    );
  });
});

/** Bytes that a dump stands for. */
function dumpSize(dump: string | null | undefined): number {
  if (dump === null || dump === undefined) return 0;
  const more = Number(/ (\d+) more bytes$/.exec(dump)?.[1] ?? 0);
  const shown = dump.split('\n').map((row) => (row.split('  |')[0] ?? '').split(' ').length);
  return shown.reduce((sum, each) => sum + each, more);
}

const names = fc.constantFrom(
  '',
  'a.txt',
  'a.json',
  'a.xml',
  'METADATA',
  'RECORD',
  'WHEEL',
  'META-INF/MANIFEST.MF',
  'a.properties',
  'a.ini',
  'entry_points.txt',
  'control',
  'md5sums',
  'requirements.txt',
  'a.pyc',
  'A.class',
  'a.wasm',
);
const piece = fc.constantFrom(
  '{',
  '}',
  '[',
  ']',
  '"',
  ':',
  ',',
  '\\',
  '\\u',
  '1',
  'null',
  '\n',
  '\r\n',
  ' ',
  '\t',
  '=',
  '#',
  ';',
  '<',
  '>',
  '</',
  '/>',
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '&',
  '&lt;',
  '&#',
  '<?',
  '?>',
  '<!DOCTYPE',
  'a',
  'Name',
  'a:',
  ' b',
  '\u00e9',
  '\ufeff',
  '\0',
  '-',
  '@',
  "'",
);
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((each) => Buffer.from(each)),
  fc.array(piece, { maxLength: 60 }).map((pieces) => Buffer.from(pieces.join(''))),
  fc.array(piece, { maxLength: 30 }).map((pieces) => Buffer.from(`\ufeff${pieces.join('')}`, 'utf16le')),
);
const mirror = { added: 'removed', removed: 'added', changed: 'changed', reordered: 'reordered' } as const;

describe('a look inside any bytes', () => {
  it('throws nothing but WorkSpent, whatever the bytes and the work', () => {
    fc.assert(
      fc.property(names, bytes, bytes, fc.nat(3000), (name, a, b, units) => {
        for (const inspector of inspectors) {
          if (!inspector.recognises(name, a) || !inspector.recognises(name, b)) continue;
          try {
            inspector.inspect(a, b, new Work(units));
          } catch (error) {
            expect(error).toBeInstanceOf(WorkSpent);
          }
        }
      }),
      { numRuns: 2 * runs },
    );
  });

  it('finds the same whichever side comes first, and something where they differ', () => {
    fc.assert(
      fc.property(names, bytes, bytes, (name, a, b) => {
        if (a.equals(b)) return;
        const [one, other] = [look(name, a, b), look(name, b, a)];
        expect(one?.parts.length).toBeGreaterThan(0);
        expect(other?.format).toBe(one?.format);
        const said = (found: typeof one, side: 'a' | 'b', opposite: 'a' | 'b') =>
          found?.parts
            .map((part) =>
              JSON.stringify([side === 'a' ? part.kind : mirror[part.kind], part[side], part[opposite]]),
            )
            .sort();
        expect(said(other, 'b', 'a')).toEqual(said(one, 'a', 'b'));
      }),
      { numRuns: 2 * runs },
    );
  });
});
