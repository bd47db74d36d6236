import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseOutput } from '#cli/output.ts';
import { equivalentResult } from '#test/harness/cli/sample-result.ts';
import { runInProcess } from '#test/harness/cli/run-in-process.ts';
import { ApiServer } from '#test/harness/api/api-server.ts';
import { addFinished } from '#test/harness/cli/add-finished.ts';

describe('--output', () => {
  it.each([
    ['report.json', 'json', 'report.json'],
    ['out/report.sarif', 'sarif', 'out/report.sarif'],
    ['report.sarif.json', 'sarif', 'report.sarif.json'],
    ['comment.md', 'markdown', 'comment.md'],
    ['sarif:report.json', 'sarif', 'report.json'],
    ['json:a:b', 'json', 'a:b'],
  ])('%s is %s in %s', (text, format, path) => {
    expect(parseOutput(text)).toEqual({ format, path });
  });

  it.each(['report', 'report.pdf', 'pdf:report.json.x'])('%s is refused: its format is not known', (text) => {
    expect(() => parseOutput(text)).toThrow('format');
  });
});

describe('reports in several formats at once', () => {
  let folder: string;
  let api: ApiServer;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-output-'));
    api = await ApiServer.start();
  });
  afterEach(async () => {
    await api[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(['table', 'json', 'markdown', 'sarif'])(
    '--format %s never changes the exit code',
    async (format) => {
      const id = addFinished(api, equivalentResult());
      const run = await runInProcess(['wait', id, '--api', api.url, '--format', format]);
      expect(run.code).toBe(1);
      expect(run.stdout).not.toBe('');
      const accepting = await runInProcess([
        'wait',
        id,
        '--api',
        api.url,
        '--format',
        format,
        '--accept',
        'equivalent',
      ]);
      expect(accepting.code).toBe(0);
    },
  );

  it('writes SARIF and markdown to files while stdout gets JSON alone', async () => {
    const id = addFinished(api, equivalentResult());
    const run = await runInProcess(
      ['wait', id, '--api', api.url, '--format', 'json', '--output', 'r.sarif', '--output', 'deep/r.md'],
      { cwd: folder },
    );
    expect(JSON.parse(run.stdout)).toMatchObject({ schemaVersion: 1, verdict: 'equivalent' });
    expect(JSON.parse(await readFile(join(folder, 'r.sarif'), 'utf8'))).toMatchObject({ version: '2.1.0' });
    expect(await readFile(join(folder, 'deep/r.md'), 'utf8')).toContain('### Assay: equivalent');
  });
});
