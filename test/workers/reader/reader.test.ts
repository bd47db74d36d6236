import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareInReader } from '#workers/reader/compare-in-reader.ts';
import { readArchiveFacts } from '#workers/reader/read-archive-facts.ts';
import { ReaderFailure } from '#workers/reader/run-reader.ts';
import { buildTar } from '#test/core/archive/build-tar.ts';
import { buildZip } from '#test/core/archive/build-zip.ts';

let folder: string;
const put = async (name: string, bytes: Buffer) => {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-reader-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const wheel = buildZip([
  { name: 'thing/__init__.py', data: 'x = 1\n', method: 8 },
  { name: 'thing-1.dist-info/WHEEL', data: 'Generator: hatchling 1.2\n', system: 0 },
]);
const sdist = gzipSync(
  buildTar([
    { name: 'thing-1/pyproject.toml', data: '[project]\n', mtime: 1_700_000_000 },
    { name: 'thing-1/dist/thing-1.whl', data: wheel },
  ]),
);

describe('readArchiveFacts', { timeout: 60_000 }, () => {
  it('lists members with their metadata, and the texts that were asked for', async () => {
    const facts = await readArchiveFacts(await put('thing.whl', wheel), {
      texts: ['*.dist-info/WHEEL'],
      nestedDigests: true,
    });
    expect(facts.formats).toEqual(['zip']);
    expect(facts.texts).toEqual({ 'thing-1.dist-info/WHEEL': 'Generator: hatchling 1.2\n' });
    expect(
      facts.members.map(({ path, mode, mtime, createSystem }) => ({ path, mode, mtime, createSystem })),
    ).toEqual([
      { path: ['thing/__init__.py'], mode: 0o100644, mtime: '2026-01-02T03:04:06', createSystem: 3 },
      { path: ['thing-1.dist-info/WHEEL'], mode: 0o100644, mtime: '2026-01-02T03:04:06', createSystem: 0 },
    ]);
    expect(facts.cut).toEqual([]);
  });

  it('finds the digest of an artifact inside the source, at any depth, and only when asked', async () => {
    const path = await put('thing.tar.gz', sdist);
    const wheelSha = (await readArchiveFacts(await put('w.whl', wheel), { texts: [], nestedDigests: true }))
      .sha256;
    const deep = await readArchiveFacts(path, { texts: [], nestedDigests: true });
    expect(deep.members.find(({ sha256 }) => sha256 === wheelSha)?.path).toEqual([
      'thing-1/dist/thing-1.whl',
    ]);
    expect(deep.members.map((member) => member.path.join('|'))).toContain(
      'thing-1/dist/thing-1.whl|thing/__init__.py',
    );
    const flat = await readArchiveFacts(path, { texts: [], nestedDigests: false });
    expect(flat.members.every((member) => member.path.length <= 1)).toBe(true);
    expect(flat.cut).toEqual([]);
  });

  it('says that a file cannot be opened, and refuses what is no regular file', async () => {
    await expect(
      readArchiveFacts(join(folder, 'none'), { texts: [], nestedDigests: true }),
    ).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(readArchiveFacts(folder, { texts: [], nestedDigests: true })).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('compareInReader', { timeout: 60_000 }, () => {
  it('compares in a child and says what confined it', async () => {
    const a = await put('a.zip', buildZip([{ name: 'a', data: 'one' }]));
    const b = await put('b.zip', buildZip([{ name: 'a', data: 'two' }]));
    const { comparison, confinement } = await compareInReader(a, b);
    expect(comparison.result).toBe('different');
    expect(comparison.differences).toEqual([
      expect.objectContaining({ kind: 'content', path: ['a'], a: 'one', b: 'two' }),
    ]);
    expect(confinement).toContain('bubblewrap (no network, no files but its code');
  });

  it('gives the same report without bubblewrap, and says that it is less confined', async () => {
    const a = await put('c.zip', buildZip([{ name: 'a', data: 'one' }]));
    const b = await put('d.zip', buildZip([{ name: 'a', data: 'two' }]));
    const bare = await compareInReader(a, b, {}, { tools: { bwrap: undefined, prlimit: undefined } });
    expect(bare.comparison).toEqual((await compareInReader(a, b)).comparison);
    expect(bare.confinement).toContain('node permission model only');
    expect(bare.confinement).toContain('network can be reached');
  });
});

describe('a reader that goes wrong', { timeout: 60_000 }, () => {
  let a: string;
  let b: string;
  beforeAll(async () => {
    a = await put('e.gz', gzipSync(Buffer.alloc(300 * 1024 ** 2), { level: 1 }));
    b = await put('f.gz', gzipSync(Buffer.from('x')));
  }, 60_000);

  it('is ended when it takes too long, and nothing is established', async () => {
    await expect(compareInReader(a, b, {}, { limits: { timeMs: 1 } })).rejects.toThrow(ReaderFailure);
  });

  it('is ended when it writes too much', async () => {
    await expect(compareInReader(a, b, {}, { limits: { outputBytes: 10 } })).rejects.toThrow(
      /wrote more than 10 bytes/,
    );
  });

  it('is ended when it maps more memory than it may', async () => {
    await expect(compareInReader(a, b, {}, { limits: { dataBytes: 100 * 1024 ** 2 } })).rejects.toThrow(
      ReaderFailure,
    );
  });

  it('is ended when it is no longer wanted', async () => {
    const stop = new AbortController();
    const running = compareInReader(a, b, {}, { signal: stop.signal });
    setImmediate(() => stop.abort());
    await expect(running).rejects.toMatchObject({ code: 'interrupted' });
  });

  it('that answers nonsense is not believed', async () => {
    const fake = await put(
      'fake-prlimit',
      Buffer.from('#!/bin/sh\necho \'{"result":{"result":"identical"}}\'\n'),
    );
    execFileSync('chmod', ['+x', fake]);
    await expect(compareInReader(a, b, {}, { tools: { bwrap: undefined, prlimit: fake } })).rejects.toThrow(
      /does not match its schema/,
    );
  });

  it('reads a content of 1.5 GB with less memory than that', async () => {
    const member = gzipSync(Buffer.alloc(64 * 1024 ** 2), { level: 1 });
    const large = await put('g.gz', Buffer.concat(Array.from({ length: 24 }, () => member)));
    const { members, cut } = await readArchiveFacts(
      large,
      { texts: [], nestedDigests: true },
      { limits: { dataBytes: 1024 ** 3 } },
    );
    expect(members).toEqual([expect.objectContaining({ path: [], size: 1.5 * 1024 ** 3 })]);
    expect(cut).toEqual([]);
  });
});
