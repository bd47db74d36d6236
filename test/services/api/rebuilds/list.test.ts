import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RebuildPage } from '#services/api/components.ts';
import { ApiServer } from '#test/harness/api/api-server.ts';
import { expectProblem } from '#test/harness/api/expect-problem.ts';
import { submitPurl, submitSupplied } from '#test/harness/api/supplied-request.ts';

describe('GET /v1/rebuilds', () => {
  let api: ApiServer;
  let token: string;
  const ids: string[] = [];
  beforeAll(async () => {
    api = await ApiServer.start();
    token = await api.createToken('ci');
    for (const version of ['1', '2', '3', '4', '5'])
      ids.unshift(await submitPurl(api, token, `pkg:pypi/idna@${version}`));
  });
  afterAll(() => api[Symbol.asyncDispose]());

  it('200: following Link from page to page gives each rebuild once, newest first', async () => {
    const seen: string[] = [];
    let path: string | undefined = '/v1/rebuilds?limit=2';
    while (path !== undefined) {
      const response: Response = await api.request('GET', path);
      const page = RebuildPage.parse(await response.json());
      seen.push(...page.items.map(({ rebuild }) => rebuild.id));
      path = /^<([^>]+)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1];
      expect(path === undefined).toBe(page.next === undefined);
    }
    expect(seen).toEqual(ids);
  });

  it('shows what is private to its submitter alone', async () => {
    const hidden = await submitSupplied(api, token, 'hidden');
    const first = async (as?: string) => {
      const response = await api.request(
        'GET',
        '/v1/rebuilds?limit=1',
        as === undefined ? {} : { token: as },
      );
      return RebuildPage.parse(await response.json()).items[0]?.rebuild.id;
    };
    expect(await first(token)).toBe(hidden);
    expect(await first()).toBe(ids[0]);
    expect(await first(await api.createToken('other'))).toBe(ids[0]);
  });

  it('400: a page size or cursor that cannot be', async () => {
    for (const query of ['limit=0', 'limit=101', 'limit=many', 'before=1%27%20or%201=1'])
      await expectProblem(await api.request('GET', `/v1/rebuilds?${query}`), 'invalid-request');
  });
});
