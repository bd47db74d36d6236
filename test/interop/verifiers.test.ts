import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { badCases, goodCase, type Case } from './cases.ts';
import { laxityOf } from './expectations.ts';
import type { InteropVerifier, SigningKind } from './given.ts';
import { signOnStacks, type SignedOnStacks } from './samples.ts';
import { cellKey, renderTable, type Column } from './table.ts';
import { assay } from './verifiers/assay.ts';
import { findCosign } from './verifiers/cosign.ts';
import { sigstoreJs } from './verifiers/sigstore-js.ts';
import { startSigstorePython } from './verifiers/sigstore-python.ts';

const page = fileURLToPath(new URL('../../docs/interop.md', import.meta.url));
const marks = { start: '<!-- table -->', end: '<!-- /table -->' };
const kinds: readonly SigningKind[] = ['keyless', 'key'];

const cosign = await findCosign();
const python = await startSigstorePython();
const verifiers: readonly InteropVerifier[] = [assay, sigstoreJs, ...(cosign ? [cosign] : []), python];
const columns: readonly Column[] = [
  ...columnsOf(assay),
  ...columnsOf(sigstoreJs),
  ...(cosign ? columnsOf(cosign) : kinds.map((kind) => ({ name: 'cosign', kind, version: undefined }))),
  ...columnsOf(python),
];

function columnsOf({ name, kinds: known, version }: InteropVerifier): Column[] {
  return known.map((kind) => ({ name, kind, version: name === assay.name ? '' : version }));
}

let signed: SignedOnStacks;
const found = new Map<string, boolean>();

beforeAll(async () => {
  signed = await signOnStacks();
});

afterAll(async () => {
  process.stdout.write(`\n${await format(renderTable(columns, found), { parser: 'markdown' })}\n`);
  await signed?.close();
  await Promise.all(verifiers.map((verifier) => verifier.close?.()));
});

async function answer(verifier: InteropVerifier, each: Case, kind: SigningKind): Promise<boolean> {
  const { accepted } = await verifier.verify(each.given(signed.samples[kind]));
  found.set(cellKey(each, { name: verifier.name, kind }), accepted);
  return accepted;
}

describe.each(verifiers)('$name', (verifier) => {
  describe.each(verifier.kinds)('for a bundle signed %s', (kind) => {
    test('accepts what Assay signed on the real Sigstore', async () => {
      expect((await verifier.verify(goodCase.given(signed.samples[kind]))).words).toMatch(
        /verified|built these|OK/i,
      );
      expect(await answer(verifier, goodCase, kind)).toBe(true);
    });

    const cases = badCases.filter(({ keylessOnly }) => kind === 'keyless' || !keylessOnly);
    test.each(cases.filter((bad) => !laxityOf(verifier, bad)))('rejects: $name', async (bad) => {
      expect(await answer(verifier, bad, kind)).toBe(false);
    });

    test.each(cases.filter((bad) => laxityOf(verifier, bad)))(
      'is laxer than Assay, as docs/interop.md says: $name',
      async (bad) => {
        expect(await answer(verifier, bad, kind)).toBe(true);
      },
    );
  });
});

describe('docs/interop.md', () => {
  test('holds the table that this suite made, as far as its verifiers are to be had here', async () => {
    const before = await readFile(page, 'utf8');
    const [head, old, tail] = split(before);
    const table = filledFrom(old, renderTable(columns, found));
    const now = await format(`${head}${marks.start}\n\n${table}\n${marks.end}${tail}`, {
      parser: 'markdown',
      printWidth: 110,
    });
    if (process.env['CI'] === undefined) await writeFile(page, now);
    expect(now).toBe(before);
  });
});

/** Before, between and after the marks. */
function split(text: string): [string, string, string] {
  const [start, end] = [text.indexOf(marks.start), text.indexOf(marks.end)];
  if (start === -1 || end < start) throw new Error('docs/interop.md has lost its marks');
  return [
    text.slice(0, start),
    text.slice(start + marks.start.length, end),
    text.slice(end + marks.end.length),
  ];
}

/** `made`, with the columns of `old` for verifiers that are not to be had here: their place is the same. */
function filledFrom(old: string, made: string): string {
  const kept = old.split('\n').filter((line) => line.startsWith('|'));
  const fill = (line: string, row: number): string =>
    line
      .split('|')
      .map(
        (cell, at) =>
          (columns[at - 2]?.version === undefined && at > 1 ? kept[row]?.split('|')[at] : cell) ?? cell,
      )
      .join('|');
  let row = 0;
  return made
    .split('\n')
    .map((line) => (line.startsWith('|') ? fill(line, row++) : line))
    .join('\n');
}
