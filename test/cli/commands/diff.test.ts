import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Comparison } from '#schemas/comparison.ts';
import { buildZip } from '#test/core/archive/build-zip.ts';
import { runInProcess } from '#test/harness/cli/run-in-process.ts';

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'assay-diff-'));
  const member = { name: 'a.txt', data: 'one' };
  await writeFile(join(cwd, 'a.zip'), buildZip([member]));
  await writeFile(join(cwd, 'same.zip'), buildZip([member]));
  await writeFile(join(cwd, 'times.zip'), buildZip([{ ...member, time: 0x1111 }]));
  await writeFile(join(cwd, 'other.zip'), buildZip([{ ...member, data: 'two' }]));
  await writeFile(
    join(cwd, 'hostile.zip'),
    buildZip([member, { name: 'x\u001b[2J\u202egpj.exe`|<b>@everyone', data: '\u001b]0;title\u0007' }]),
  );
  await writeFile(join(cwd, 'broken.zip'), 'PK\u0003\u0004 and nothing more');
  await symlink('/nowhere', join(cwd, 'dangling'));
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

const diff = (...args: string[]) => runInProcess(['diff', ...args], { cwd });

describe('assay diff', { timeout: 60_000 }, () => {
  it('exits 0 for identical files, and says so in one sentence', async () => {
    expect(await diff('a.zip', 'same.zip')).toEqual({
      code: 0,
      stdout: 'Identical: every byte of a.zip and same.zip is the same.\n',
      stderr: '',
    });
  });

  it('exits 1 for equivalent files, 0 where that is accepted, in every format', async () => {
    for (const format of ['table', 'json', 'markdown', 'sarif']) {
      expect((await diff('a.zip', 'times.zip', '--format', format)).code).toBe(1);
      expect((await diff('a.zip', 'times.zip', '--format', format, '--accept', 'equivalent')).code).toBe(0);
    }
    expect((await diff('a.zip', 'other.zip', '--accept', 'equivalent')).code).toBe(1);
  });

  it('gives a comparison as JSON that its schema takes, the same bytes each time', async () => {
    const first = await diff('a.zip', 'other.zip', '--format', 'json');
    expect(first.code).toBe(1);
    expect(Comparison.parse(JSON.parse(first.stdout))).toMatchObject({
      result: 'different',
      differences: [{ kind: 'content', path: ['a.txt'], a: 'one', b: 'two', offset: 0 }],
    });
    expect((await diff('a.zip', 'other.zip', '--format', 'json')).stdout).toBe(first.stdout);
    const identical = await diff('a.zip', 'same.zip', '--format', 'json');
    expect(Comparison.parse(JSON.parse(identical.stdout)).result).toBe('identical');
  });

  it('exits 2 for a file that cannot be opened or is none, and names it', async () => {
    for (const name of ['none.zip', 'dangling', '.']) {
      const { code, stdout, stderr } = await diff('a.zip', name);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(name === '.' ? 'Not a regular file' : name);
    }
    expect((await diff('a.zip')).code).toBe(2);
  });

  it('compares without the passes that are refused, and takes no name that no pass has', async () => {
    const refused = await diff(
      'a.zip',
      'times.zip',
      '--refuse-pass',
      'zip-times',
      '--refuse-pass',
      'tar-times',
      '--accept',
      'equivalent',
      '--format',
      'json',
    );
    expect(refused.code).toBe(1);
    expect(Comparison.parse(JSON.parse(refused.stdout))).toMatchObject({ result: 'different', passes: [] });
    expect((await diff('a.zip', 'times.zip', '--refuse-pass', 'all', '--accept', 'equivalent')).code).toBe(1);
    const other = ['a.zip', 'times.zip', '--refuse-pass', 'zip-order', '--accept', 'equivalent'];
    expect((await diff(...other)).code).toBe(0);
    const { code, stdout, stderr } = await diff('a.zip', 'same.zip', '--refuse-pass', 'zip-tims');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('No pass is called zip-tims.');
    expect(stderr).toContain('zip-times, zip-order');
  });

  it('compares an archive that cannot be read as bytes, with a finding', async () => {
    const { code, stdout } = await diff('a.zip', 'broken.zip', '--format', 'json');
    expect(code).toBe(1);
    const { differences, findings } = Comparison.parse(JSON.parse(stdout));
    expect(differences).toEqual([expect.objectContaining({ kind: 'content', path: [] })]);
    expect(findings).toEqual([expect.objectContaining({ id: 'unreadable-archive', side: 'b' })]);
  });

  it('tells the findings of identical files when asked', async () => {
    const { code, stdout } = await diff('hostile.zip', 'hostile.zip', '--findings');
    expect(code).toBe(0);
    expect(stdout).toContain('danger control-in-name in both');
    expect(stdout).toContain('danger deceptive-name in both');
  });

  it('shows hostile names and texts harmlessly in every format', async () => {
    for (const format of ['table', 'markdown', 'sarif', 'json']) {
      const { stdout } = await diff('a.zip', 'hostile.zip', '--format', format);
      expect(stdout).toContain('gpj.exe');
      // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
      expect(stdout).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    }
    const { stdout } = await diff('a.zip', 'hostile.zip', '--format', 'markdown');
    for (const line of stdout.split('\n').filter((text) => text.includes('@everyone'))) {
      expect(line).toMatch(/``[^`]*`[^`]+``/);
    }
  });

  it('lists as many differences as asked for, within what a report may have, and counts all', async () => {
    const members = Array.from({ length: 20 }, (_, at) => ({ name: `${at}.txt`, data: 'one' }));
    await writeFile(join(cwd, 'many.zip'), buildZip(members));
    await writeFile(join(cwd, 'others.zip'), buildZip(members.map((member) => ({ ...member, data: 'two' }))));
    const few = await diff('many.zip', 'others.zip', '--max-differences', '3', '--format', 'json');
    const { differences, differencesTotal, cut } = Comparison.parse(JSON.parse(few.stdout));
    expect(differences).toHaveLength(3);
    expect(differencesTotal).toBe(20);
    expect(cut).toEqual([{ kind: 'unlisted', detail: '3 of 20 differences are listed' }]);
    const all = await diff('many.zip', 'others.zip', '--all', '--format', 'json');
    expect(Comparison.parse(JSON.parse(all.stdout))).toMatchObject({ differencesTotal: 20, cut: [] });
    for (const wrong of ['0', '100001', 'many', '-1'])
      expect((await diff('many.zip', 'others.zip', '--max-differences', wrong)).code).toBe(2);
  });

  it('writes further reports into files, without colours', async () => {
    const { code } = await diff('a.zip', 'other.zip', '--output', 'report.sarif', '--output', 'report.txt');
    expect(code).toBe(1);
    const sarif = JSON.parse(await readFile(join(cwd, 'report.sarif'), 'utf8')) as {
      runs: { results: unknown[] }[];
    };
    expect(sarif.runs[0]?.results).toHaveLength(1);
    expect(await readFile(join(cwd, 'report.txt'), 'utf8')).not.toContain('\u001b');
  });
});
