import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quickDiff, seenToDiffer } from '#cli/quick-diff.ts';
import { runInProcess } from '#test/harness/cli/run-in-process.ts';

let cwd: string;
// More than one piece, so that pieces are put together.
const bytes = Buffer.alloc(700_000, 'abcdefg');
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'assay-quick-'));
  await writeFile(join(cwd, 'one'), bytes);
  await writeFile(join(cwd, 'same'), bytes);
  const late = Buffer.from(bytes);
  late[699_999] = 0;
  await writeFile(join(cwd, 'late'), late);
  await writeFile(join(cwd, 'longer'), Buffer.concat([bytes, Buffer.of(0)]));
  await writeFile(join(cwd, 'empty-one'), '');
  await writeFile(join(cwd, 'empty-two'), '');
  execFileSync('mkfifo', [join(cwd, 'pipe')]);
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

const quick = (...args: string[]) => quickDiff(['diff', ...args], { cwd, colour: false });

describe('the quick answer to assay diff', () => {
  it.each([
    ['one', 'same'],
    ['one', 'same', '--format', 'table'],
    ['one', 'same', '--format', 'json'],
    ['one', 'same', '--format=json'],
    ['empty-one', 'empty-two', '--format', 'json'],
  ])('%s %s %s %s is what the command itself prints of identical files', async (...args) => {
    const { code, stdout } = await runInProcess(['diff', ...args.filter((word) => word !== undefined)], {
      cwd,
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: await quick(...args) });
  });

  it('has the digest and the size of what was read', async () => {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(JSON.parse((await quick('one', 'same', '--format', 'json')) ?? '')).toMatchObject({
      result: 'identical',
      a: { digest: { sha256 }, size: 700_000 },
      b: { digest: { sha256 }, size: 700_000 },
    });
  });

  it.each([['late'], ['longer'], ['empty-one']])('is none where the files differ: %s', async (other) => {
    expect(await quick('one', other)).toBeUndefined();
    expect(seenToDiffer(join(cwd, 'one'), join(cwd, other))).toBe(true);
    expect(seenToDiffer(join(cwd, other), join(cwd, 'one'))).toBe(false);
  });

  it.each([['missing'], ['pipe'], ['.']])('is none where one is no file to be read: %s', async (other) => {
    expect(await quick('one', other)).toBeUndefined();
    expect(seenToDiffer(join(cwd, 'one'), join(cwd, other))).toBe(false);
  });

  it.each([
    [['diff', 'one']],
    [['diff', 'one', 'same', '--findings']],
    [['diff', 'one', 'same', '--format', 'html']],
    [['diff', '--format', 'json', 'one', 'same']],
    [['diff', 'one', 'same', 'same']],
    [['verify', 'one', 'same']],
    [[]],
  ])('is none for what the whole command must read: %j', async (args) => {
    expect(await quickDiff(args, { cwd, colour: false })).toBeUndefined();
  });

  it('is none for a terminal that is given colours', async () => {
    expect(await quickDiff(['diff', 'one', 'same'], { cwd, colour: true })).toBeUndefined();
  });
});
