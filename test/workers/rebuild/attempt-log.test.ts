import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProgressEvent } from '#schemas/jobs.ts';
import { openAttemptLog } from '#workers/rebuild/attempt-log.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-log-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the log of an attempt', () => {
  it('keeps each line of each step, and the last ones of the last step for whoever explains its failure', async () => {
    const path = join(folder, 'build.log');
    const log = openAttemptLog(path, () => undefined);
    for (const step of ['install', 'build']) {
      log.events.stepStarted(step);
      log.events.line('stdout', `in ${step}`);
      log.events.stepEnded(step, step === 'build' ? null : 0);
    }
    await log.end();
    await log.end();
    expect(log.tail()).toBe('in build');
    expect(await readFile(path, 'utf8')).toBe(
      '== install\nin install\n== install ended with exit code 0\n== build\nin build\n== build ended with exit code none\n',
    );
  });

  it('shows the first lines while the build runs, and says that there are more', async () => {
    const shown: ProgressEvent[] = [];
    const log = openAttemptLog(join(folder, 'build.log'), (event) => shown.push(event));
    for (let line = 0; line < 6000; line += 1) log.events.line('stderr', `line ${line}`);
    await log.end();
    expect(shown).toHaveLength(5001);
    expect(shown[4999]).toEqual({ type: 'log', stream: 'stderr', line: 'line 4999' });
    expect(shown[5000]).toMatchObject({ type: 'note' });
    expect(await readFile(join(folder, 'build.log'), 'utf8')).toContain('line 5999');
  });

  it('says at its end that it could not be written, and lets the build go on until then', async () => {
    const log = openAttemptLog(join(folder, 'absent', 'build.log'), () => undefined);
    for (let line = 0; line < 3; line += 1) {
      log.events.line('stdout', `line ${line}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await expect(log.end()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('ENOENT'),
    });
    expect(log.tail()).toBe('line 0\nline 1\nline 2');
  });
});
