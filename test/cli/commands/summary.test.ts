import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Policy } from '#schemas/policy.ts';
import type { Summary } from '#schemas/summary.ts';
import { ApiServer } from '#test/harness/api/api-server.ts';
import { runInProcess } from '#test/harness/cli/run-in-process.ts';

const policyYaml = `schemaVersion: 1
name: release
signers:
  - operator: Us
    key: { hint: '${'A'.repeat(43)}=' }
    builderIds: [https://rebuilder.example/v1/bubblewrap]
`;
const bundle = Buffer.from('{"a":"bundle"}');

describe('assay summary', () => {
  let api: ApiServer;
  let folder: string;
  let token: string;
  let id: string;
  /** What the signer makes of the next policy that is asked for. */
  let answer: Partial<Summary>;

  beforeAll(async () => {
    api = await ApiServer.start();
    token = await api.createToken('ci');
    folder = await mkdtemp(join(tmpdir(), 'assay-summary-'));
    await writeFile(join(folder, 'policy.yaml'), policyYaml);
    const submitter = { subject: 'token:ci', scope: 'submitter' } as const;
    id = (await api.plane.submit(submitter, { kind: 'purl', purl: 'pkg:pypi/idna@3.20' })).rebuild.id;
    api.plane.conclude(id, { kind: 'reproduced', retryable: false, detail: 'The same bytes.' });
    const sha256 = createHash('sha256').update(bundle).digest('hex');
    await api.plane.objectStates.put(sha256, Readable.from([bundle]), 'public');
    const summarize = api.plane.summarize.bind(api.plane);
    api.plane.summarize = async (caller, rebuild, policy: Policy) => {
      const state = api.plane.rebuildStates.get(rebuild);
      // Each test asks anew.
      api.plane.rebuildStates.change(state, { summaries: [] });
      const asked = await summarize(caller, rebuild, policy);
      const object = { digest: { sha256 }, size: bundle.length };
      api.plane.rebuildStates.change(state, { summaries: [{ ...asked, bundle: object, ...answer }] });
      return asked;
    };
  });
  afterAll(async () => {
    await api[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const summary = (...args: string[]) =>
    runInProcess(['summary', id, '--policy', 'policy.yaml', ...args], {
      env: { ASSAY_API_URL: api.url, ASSAY_TOKEN: token, HOME: folder },
      cwd: folder,
    });
  const reproduced = { holds: false, missing: ['No verified provenance by another operator.'] };

  test('exits 0 for PASSED, writes the signed summary and says what SLSA_BUILD_REPRODUCED lacks', async () => {
    const outcome = {
      result: 'PASSED',
      verifiedLevels: ['SLSA_BUILD_LEVEL_2'],
      missing: [],
      reproduced,
    } as const;
    answer = {
      state: 'complete',
      outcome: { ...outcome, verifiedLevels: [...outcome.verifiedLevels], missing: [] },
    };
    const { code, stdout } = await summary('--output', 'vsa.json');
    expect(code).toBe(0);
    expect(stdout).toContain('PASSED: it meets the policy release, with SLSA_BUILD_LEVEL_2.');
    expect(stdout).toContain('No verified provenance by another operator.');
    expect(await readFile(join(folder, 'vsa.json'))).toEqual(bundle);
  });

  test('exits 1 for FAILED, and names what is missing without control sequences', async () => {
    const missing = [{ requirement: 'level', expected: 'SLSA_BUILD_LEVEL_3', actual: '\u001b[2Jnone' }];
    answer = {
      state: 'complete',
      outcome: { result: 'FAILED', verifiedLevels: ['FAILED'], missing, reproduced },
    };
    const { code, stdout } = await summary();
    expect(code).toBe(1);
    expect(stdout).toContain('level: asked for SLSA_BUILD_LEVEL_3');
    expect(stdout).not.toContain('\u001b');
    expect((await summary('--format', 'json')).code).toBe(1);
  });

  test('exits 3 where the signer would not, with its reason', async () => {
    answer = { state: 'refused', detail: 'A key in the policy is no public key in PEM.' };
    const { code, stderr } = await summary();
    expect(code).toBe(3);
    expect(stderr).toContain('A key in the policy is no public key in PEM.');
  });

  test('a time that is no number of seconds is refused, and not waited for without end', async () => {
    expect(await summary('--timeout', 'soon')).toMatchObject({ code: 2, stdout: '' });
  });

  test('exits 3 where it is not signed in time, and says that it is tried again', async () => {
    answer = { state: 'pending' };
    const { code, stderr } = await summary('--timeout', '0');
    expect(code).toBe(3);
    expect(stderr).toContain('tried again by itself');
  });

  test('exits 2 for a policy with a member that is not known', async () => {
    await writeFile(join(folder, 'wrong.yaml'), `${policyYaml}treshold: 2\n`);
    const wrong = await runInProcess(['summary', id, '--policy', 'wrong.yaml'], {
      env: { ASSAY_API_URL: api.url, ASSAY_TOKEN: token, HOME: folder },
      cwd: folder,
    });
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('treshold');
  });
});
