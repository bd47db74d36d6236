import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VerdictSummary } from '#services/api/components.ts';
import { ApiServer } from '#test/harness/api/api-server.ts';
import { expectProblem } from '#test/harness/api/expect-problem.ts';
import { submitPurl } from '#test/harness/api/supplied-request.ts';

interface Batch {
  counts: Record<string, number>;
  errors: number;
  answers: VerdictSummary[];
}

describe('POST /v1/verdicts:batch', () => {
  let api: ApiServer;
  let rebuildId: string;
  beforeAll(async () => {
    api = await ApiServer.start();
    rebuildId = await submitPurl(api, await api.createToken('ci'), 'pkg:pypi/idna@3.20');
    api.plane.conclude(rebuildId, { kind: 'different', retryable: false, detail: 'Two members differ.' });
  });
  afterAll(() => api[Symbol.asyncDispose]());

  const ask = (queries: unknown[]) => api.request('POST', '/v1/verdicts:batch', { json: { queries } });

  it('200: answers anybody, a thousand queries in their order, with counts that add up', async () => {
    const queries = Array.from({ length: 1000 }, (_, index) =>
      index % 2 === 0
        ? { purl: `pkg:pypi/thing${index}@1` }
        : { sha256: index.toString(16).padStart(64, '0') },
    );
    queries[500] = { purl: 'pkg:pypi/idna@3.20' };
    const response = await ask(queries);
    const batch = (await response.json()) as Batch;
    expect(response.status).toBe(200);
    expect(batch.answers.map(({ query }) => query)).toEqual(queries);
    expect(batch.answers[500]).toMatchObject({ verdict: 'different', rebuildId });
    expect(batch.counts).toMatchObject({ different: 1, unknown: 999, reproduced: 0 });
    expect(batch.answers.every((each) => VerdictSummary.safeParse(each).success)).toBe(true);
  });

  it('200: a query that cannot be read is unknown with its error, and loses none of the others', async () => {
    const batch = (await (await ask([{ purl: 'pkg:pypi' }, { purl: 'pkg:pypi/idna@3.20' }])).json()) as Batch;
    expect(batch.answers.map(({ verdict, error }) => [verdict, error])).toEqual([
      ['unknown', 'invalid-purl'],
      ['different', undefined],
    ]);
    expect([batch.errors, batch.counts['unknown']]).toEqual([1, 1]);
  });

  it('400: no query, more than a thousand, or one that asks for two things', async () => {
    await expectProblem(await ask([]), 'invalid-request');
    await expectProblem(
      await ask(Array.from({ length: 1001 }, () => ({ purl: 'pkg:pypi/a@1' }))),
      'invalid-request',
    );
    await expectProblem(await ask([{ purl: 'pkg:pypi/a@1', sha256: '0'.repeat(64) }]), 'invalid-request');
  });

  it('500: a fault of the service is a problem, not a thousand unknowns, and tells nothing of itself', async () => {
    await using broken = await ApiServer.start();
    broken.plane.lookup = async () => {
      throw new Error('relation "secret_table" does not exist');
    };
    const response = await broken.request('POST', '/v1/verdicts:batch', {
      json: { queries: [{ purl: 'pkg:pypi/a@1' }] },
    });
    expect(JSON.stringify(await expectProblem(response, 'internal'))).not.toContain('secret_table');
  });
});
