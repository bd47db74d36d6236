import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#core/errors/app-error.ts';
import { CompareReport } from '#schemas/jobs.ts';
import { buildZip } from '#test/core/archive/build-zip.ts';
import { createCompareHandler } from '#workers/compare/handler.ts';
import type { JobContext } from '#workers/runtime/control-client.ts';

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-compare-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A lease on a compare job over two objects; `missing` are not to be had. */
function jobOf(
  artifact: Buffer,
  output: Buffer,
  options: { missing?: boolean; signal?: AbortSignal } = {},
): JobContext<'compare'> {
  const objects = new Map(
    options.missing === true ? [] : [artifact, output].map((bytes) => [sha256(bytes), bytes]),
  );
  const ref = (bytes: Buffer) => ({ digest: { sha256: sha256(bytes) }, size: bytes.byteLength });
  return {
    jobId: '5d1f8a40-6f3e-4c58-9f0e-0a4f9d5f2c11',
    rebuildId: '5d1f8a40-6f3e-4c58-9f0e-0a4f9d5f2c12',
    fence: 1,
    input: {
      artifact: { file: 'x.zip', ...ref(artifact) },
      output: { path: 'dist/x.zip', file: 'x.zip', ...ref(output) },
    },
    signal: options.signal ?? new AbortController().signal,
    folder,
    progress: () => undefined,
    async download(digest, path) {
      const bytes = objects.get(digest);
      if (bytes === undefined) throw new AppError('not-found', 'There is no such object.');
      await writeFile(path, bytes);
      return ref(bytes);
    },
    upload: () => Promise.reject(new Error('nothing is uploaded')),
    uploadBytes: () => Promise.reject(new Error('nothing is uploaded')),
  };
}

const one = buildZip([{ name: 'a', data: 'one' }]);
const two = buildZip([{ name: 'a', data: 'two', mode: 0o104755 }]);

describe('the compare worker', { timeout: 60_000 }, () => {
  it('reports what a reader found, and what confined it', async () => {
    const report = CompareReport.parse(await createCompareHandler()(jobOf(one, two)));
    expect(report).toMatchObject({ outcome: 'compared', comparison: { result: 'different' } });
    expect(report.outcome === 'compared' && report.reader.confinement).toContain('node permission model');
  });

  it('tells the findings of files that are identical, too', async () => {
    const report = CompareReport.parse(await createCompareHandler()(jobOf(two, two)));
    expect(report).toMatchObject({
      outcome: 'compared',
      comparison: { result: 'identical', findings: [{ id: 'setuid', side: 'both' }] },
    });
  });

  it('calls a reader that failed inconclusive, never different', async () => {
    const handler = createCompareHandler({ limits: { outputBytes: 10 } });
    expect(CompareReport.parse(await handler(jobOf(one, two)))).toMatchObject({
      outcome: 'not-established',
      verdict: 'inconclusive',
      reason: 'reader-failed',
    });
  });

  it('throws what is our own failure, so that the job is tried again', async () => {
    await expect(createCompareHandler()(jobOf(one, two, { missing: true }))).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('stops when the lease is lost, and reports nothing', async () => {
    const stopped = AbortSignal.abort();
    await expect(createCompareHandler()(jobOf(one, two, { signal: stopped }))).rejects.toMatchObject({
      code: 'interrupted',
    });
  });
});
