import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { describeApi } from '#services/api/describe-api.ts';
import { describeErrors } from '#services/api/describe-errors.ts';
import { ApiServer } from '#test/harness/api/api-server.ts';

interface Operation {
  operationId?: string;
  summary?: string;
  tags?: string[];
  security?: Record<string, string[]>[];
  parameters?: { name: string; in: string; required?: boolean }[];
  requestBody?: { required?: boolean; content: Record<string, unknown> };
  responses: Record<string, { description?: string; content?: Record<string, { schema: unknown }> }>;
}

const document = JSON.parse(JSON.stringify(describeApi())) as {
  openapi: string;
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);
const read = (path: string) => readFile(new URL(`../../../${path}`, import.meta.url), 'utf8');

describe('the OpenAPI document', () => {
  it('is current in docs/openapi.json (else: node scripts/write-openapi.ts)', async () => {
    expect(JSON.parse(await read('docs/openapi.json'))).toEqual(document);
  });

  it('passes the recommended rules of Redocly without a warning', async () => {
    const file = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
    const redocly = fileURLToPath(new URL('bin/cli.js', import.meta.resolve('@redocly/cli/package.json')));
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [redocly, 'lint', '--format=json', file('docs/openapi.json')],
      {
        env: { PATH: process.env['PATH'], REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
      },
    );
    expect(JSON.parse(stdout)).toMatchObject({ totals: { errors: 0, warnings: 0 }, problems: [] });
  }, 60_000);

  it('is what the api serves, with an ETag', async () => {
    await using api = await ApiServer.start();
    const response = await api.request('GET', '/v1/openapi.json');
    expect(await response.json()).toEqual(document);
    const headers = { 'if-none-match': response.headers.get('etag') ?? '' };
    expect((await api.request('GET', '/v1/openapi.json', { headers })).status).toBe(304);
  });

  it('has every public route, and no internal one', () => {
    expect(operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      'delete /v1/rebuilds/{id}',
      'delete /v1/tokens/{id}',
      'get /-/npm/v1/attestations/{scope}/{spec}',
      'get /-/npm/v1/attestations/{spec}',
      'get /api/v3/orgs/{owner}/attestations/{digest}',
      'get /api/v3/repos/{owner}/{repository}/attestations/{digest}',
      'get /healthz',
      'get /integrity/{project}/{version}/{filename}/provenance',
      'get /orgs/{owner}/attestations/{digest}',
      'get /readyz',
      'get /repos/{owner}/{repository}/attestations/{digest}',
      'get /v1/artifacts/{digest}/attestations',
      'get /v1/artifacts/{digest}/attestations.intoto.jsonl',
      'get /v1/keys',
      'get /v1/objects/{digest}',
      'get /v1/openapi.json',
      'get /v1/rebuilds',
      'get /v1/rebuilds/{id}',
      'get /v1/rebuilds/{id}/events',
      'get /v1/rebuilds/{id}/level',
      'get /v1/tokens',
      'get /v1/trusted-root',
      'get /v1/trusted-root/sigstore',
      'get /v1/verdicts',
      'get /v1/verdicts/{digest}',
      'post /v1/keys/{hint}/retire',
      'post /v1/keys/{hint}/revoke',
      'post /v1/rebuilds',
      'post /v1/rebuilds/{id}/publish',
      'post /v1/rebuilds/{id}/summaries',
      'post /v1/tokens',
      'post /v1/verdicts:batch',
      'put /v1/uploads/{digest}',
    ]);
  });

  it('names each operation once, with a summary, a declared tag and its security', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = document.tags.map(({ name }) => name);
    for (const { operation } of operations) {
      expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/);
      expect(operation.summary).toBeTruthy();
      expect(operation.tags).toHaveLength(1);
      expect(tags).toContain(operation.tags?.[0]);
      expect(operation.security?.length).toBeGreaterThan(0);
    }
  });

  it('describes a success, and each error as a problem, for each operation', () => {
    for (const { operation } of operations) {
      const statuses = Object.keys(operation.responses);
      expect(statuses.some((status) => status.startsWith('2'))).toBe(true);
      expect(statuses).toEqual(expect.arrayContaining(['400', '429', '500', '503', '504']));
      for (const [status, { description, content }] of Object.entries(operation.responses)) {
        expect(description).toBeTruthy();
        if (status.startsWith('4') || status.startsWith('5'))
          expect(content?.['application/problem+json']?.schema).toEqual({
            $ref: '#/components/schemas/Problem',
          });
      }
    }
  });

  it('asks for a token exactly where one is needed', () => {
    for (const { method, path, operation } of operations) {
      const anonymous = operation.security?.some((each) => Object.keys(each).length === 0);
      const reads = method === 'get' || path === '/v1/verdicts:batch';
      expect(anonymous, `${method} ${path}`).toBe(reads && path !== '/v1/tokens');
      if (anonymous === false) expect(Object.keys(operation.responses)).toContain('401');
    }
  });

  it('declares every parameter of a path, as required, and every body', () => {
    for (const { method, path, operation } of operations) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = (operation.parameters ?? []).filter((each) => each.in === 'path');
      expect(declared.map(({ name }) => name)).toEqual(named);
      expect(declared.every(({ required }) => required === true)).toBe(true);
      if (method === 'get' || method === 'delete') expect(operation.requestBody).toBeUndefined();
      else if (!/\/(publish|retire|revoke)$/.test(path)) expect(operation.requestBody?.required).toBe(true);
    }
  });

  it('leads every reference to something, and leaves no component unused', () => {
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, pointer = '']) => pointer);
    for (const pointer of references) {
      const target = pointer
        .split('/')
        .reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], document);
      expect(target, pointer).toBeDefined();
    }
    const { schemas } = (document as unknown as { components: { schemas: object } }).components;
    expect([...new Set(references)].sort()).toEqual(
      Object.keys(schemas)
        .map((name) => `components/schemas/${name}`)
        .sort(),
    );
    expect(document.openapi).toBe('3.1.0');
  });
});

describe('docs/errors.md', () => {
  it('is current (else: node scripts/write-error-docs.ts)', async () => {
    expect(await read('docs/errors.md')).toBe(describeErrors());
  });
});
