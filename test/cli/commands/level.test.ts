import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FactName } from '#schemas/level.ts';
import { ApiServer } from '#test/harness/api/api-server.ts';
import { runInProcess } from '#test/harness/cli/run-in-process.ts';
import { levelReport } from '#test/harness/samples/level-report.ts';

describe('assay level', () => {
  let api: ApiServer;
  let folder: string;
  let id: string;
  const submitter = { subject: 'token:alice', scope: 'submitter' } as const;

  beforeAll(async () => {
    api = await ApiServer.start();
    folder = await mkdtemp(join(tmpdir(), 'assay-level-'));
    id = (await api.plane.submit(submitter, { kind: 'purl', purl: 'pkg:pypi/idna@3.20' })).rebuild.id;
    api.plane.levels.set(id, { ...levelReport, rebuild: id });
  });

  afterAll(async () => {
    await api[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const level = (...args: string[]) =>
    runInProcess(['level', ...args], { env: { ASSAY_API_URL: api.url, HOME: folder }, cwd: folder });

  test('shows every fact with its evidence, and names what the next level lacks', async () => {
    const { code, stdout } = await level(id);
    expect(code).toBe(0);
    expect(stdout).toContain('is reproduced, with SLSA_BUILD_LEVEL_2.');
    expect(stdout).toContain('For SLSA_BUILD_LEVEL_3 it lacks: ephemeral.');
    for (const name of FactName.options) expect(stdout).toContain(name);
    expect(stdout).toMatch(/NO +ephemeral +measured: a sample/);
    expect(stdout).toMatch(/yes +hosted +declared: a sample/);
  });

  test('prints the report as JSON for scripts', async () => {
    const { code, stdout } = await level(id, '--format', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ ...levelReport, rebuild: id });
  });

  test('shows evidence that others wrote as text, never as control sequences', async () => {
    const hostile = levelReport.facts.map((fact) => ({ ...fact, evidence: '\u001b[2Jgone' }));
    api.plane.levels.set(id, { ...levelReport, rebuild: id, facts: hostile });
    const { stdout } = await level(id);
    expect(stdout).not.toContain('\u001b');
    api.plane.levels.set(id, { ...levelReport, rebuild: id });
  });

  test('of what was never rebuilt says so and exits as a look-up does', async () => {
    await writeFile(join(folder, 'thing.whl'), 'bytes');
    for (const what of ['thing.whl', `sha256:${'0'.repeat(64)}`, 'pkg:pypi/never@1.0']) {
      const { code, stdout, stderr } = await level(what);
      expect([code === 0, stdout]).toEqual([false, '']);
      expect(stderr).toContain('rebuilt nothing');
    }
    expect((await level('sha256:short')).code).toBe(2);
  });
});
