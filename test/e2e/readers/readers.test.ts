import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { memorySource } from '#core/archive/byte-source.ts';
import { defaultReadLimits } from '#core/archive/limits.ts';
import { readFile, startReading } from '#core/archive/read-content.ts';
import { digestAll, rootPlace } from '#core/archive/reading.ts';
import { compareSources } from '#core/compare/compare-sources.ts';
import { alteredTar } from './alter-tar.ts';
import { alteredZip } from './alter-zip.ts';
import { Chance } from './chance.ts';
import { runReaders, type Answers, type ReadMember } from './run-readers.ts';

/** Archives of each format; more on request. */
const runs = Number(process.env['ASSAY_READER_RUNS'] ?? 1000);
const seed = Number(process.env['ASSAY_READER_SEED'] ?? 1);
const ofNothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const folder = mkdtempSync(join(tmpdir(), 'assay-readers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const formats = { zip: alteredZip, tar: alteredTar };
type Format = keyof typeof formats;

/** How we read it: members, and whether anything that matters was found. */
async function ours(bytes: Buffer): Promise<{ members: ReadMember[] | undefined; warned: boolean }> {
  const reading = startReading({ ...defaultReadLimits, depthMax: 1 }, digestAll);
  const archive = await readFile(reading, rootPlace, memorySource(bytes));
  const members = archive?.entries.map(({ key, type, fields, content }): ReadMember => {
    const leads = archive.format === 'tar' && (type === 'symlink' || type === 'hardlink');
    return [key, type, leads ? (fields['link'] ?? '') : (content?.sha256 ?? ofNothing)];
  });
  return { members, warned: reading.findings.some(({ severity }) => severity !== 'info') };
}

/**
 * What unpacking gives, in one spelling: without `.` and empty parts of names and without an order. Some readers of zips
 * have no links: their target is the content.
 */
function treeOf(format: Format, members: readonly ReadMember[]): string {
  const lines = members.map(([name, kind, content]) => [
    (name.startsWith('/') ? '/' : '') +
      name
        .split('/')
        .filter((part) => part !== '' && part !== '.')
        .join('/'),
    format === 'zip' && kind === 'symlink' ? 'file' : kind,
    kind === 'directory' && content === ofNothing ? '' : content,
  ]);
  return JSON.stringify(lines.map((line) => JSON.stringify(line)).sort());
}

/** The trees that the readers see, each with those who see it; who refuses the file has no say. */
function treesOf(format: Format, answers: Answers): Map<string, string[]> {
  const trees = new Map<string, string[]>();
  for (const [reader, answer] of answers) {
    if (typeof answer === 'string') continue;
    const tree = treeOf(format, answer);
    trees.set(tree, [...(trees.get(tree) ?? []), reader]);
  }
  return trees;
}

describe.each(Object.keys(formats) as Format[])('an altered %s', (format) => {
  it('about whose members two readers disagree has a finding that matters', async () => {
    const paths: string[] = [];
    const own = new Map<string, Awaited<ReturnType<typeof ours>>>();
    for (let at = 0; at < runs; at += 1) {
      const chance = new Chance((seed * 100_000 + at) * 7919);
      const bytes = formats[format](chance, chance.of([0, 1, 1, 1, 1, 2, 2, 3]));
      const path = join(folder, `${at}.${format}`);
      writeFileSync(path, bytes);
      paths.push(path);
      own.set(path, await ours(bytes));
    }
    const missed: string[] = [];
    let disputed = 0;
    for (const [path, answers] of await runReaders(folder, paths)) {
      const { members, warned } = own.get(path) ?? { members: undefined, warned: false };
      const trees = treesOf(
        format,
        new Map([...answers, ...(members === undefined ? [] : [['assay', members] as const])]),
      );
      if (trees.size > 1) disputed += 1;
      if (trees.size > 1 && !warned)
        missed.push(`${path}: ${[...trees.values()].map((readers) => readers.join(', ')).join(' | ')}`);
    }
    expect(missed).toEqual([]);
    // Else nothing was shown.
    expect(disputed).toBeGreaterThan(runs / 8);
  });

  it('that is equivalent to another is the same to every reader', async () => {
    const pairs: [string, string][] = [];
    for (let at = 0; at < runs; at += 1) {
      const own = (seed * 100_000 + at) * 31;
      const already = at % 4 === 0 ? 1 : 0;
      const [a, b] = [
        formats[format](new Chance(own), already),
        formats[format](new Chance(own), already + 1),
      ];
      const { result } = await compareSources(memorySource(a), memorySource(b));
      if (result !== 'equivalent') continue;
      const paths: [string, string] = [join(folder, `${at}-a.${format}`), join(folder, `${at}-b.${format}`)];
      writeFileSync(paths[0], a);
      writeFileSync(paths[1], b);
      pairs.push(paths);
    }
    const answers = await runReaders(folder, pairs.flat());
    const apart: string[] = [];
    for (const [a, b] of pairs) {
      for (const [reader, one] of answers.get(a) ?? []) {
        const other = answers.get(b)?.get(reader) ?? '';
        const seen = [one, other].map((answer) =>
          typeof answer === 'string' ? 'refused' : treeOf(format, answer),
        );
        if (seen[0] !== seen[1]) apart.push(`${reader}: ${a} and ${b}`);
      }
    }
    expect(apart).toEqual([]);
    expect(pairs.length).toBeGreaterThan(runs / 100);
  });
});
