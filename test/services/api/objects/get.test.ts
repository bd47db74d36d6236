import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiServer } from '#test/harness/api/api-server.ts';
import { expectProblem } from '#test/harness/api/expect-problem.ts';
import { sha256Of, submitSupplied } from '#test/harness/api/supplied-request.ts';

const content = '<script>alert(1)</script>';
const path = `/v1/objects/sha256:${sha256Of(content)}`;

describe('GET /v1/objects/sha256:{hex}', () => {
  let api: ApiServer;
  let token: string;
  beforeAll(async () => {
    api = await ApiServer.start();
    token = await api.createToken('ci');
    await submitSupplied(api, token, content);
    api.plane.objectStates.allow(sha256Of(content), 'public');
  });
  afterAll(() => api[Symbol.asyncDispose]());

  it('200: hands the bytes over so that no browser takes them for a page', async () => {
    const response = await api.request('GET', path);
    expect(await response.text()).toBe(content);
    const header = (name: string) => response.headers.get(name);
    expect(header('content-type')).toBe('application/octet-stream');
    expect(header('content-disposition')).toBe(`attachment; filename="sha256-${sha256Of(content)}"`);
    expect(header('x-content-type-options')).toBe('nosniff');
    expect(header('content-security-policy')).toMatch(/^sandbox;/);
    expect(header('content-length')).toBe(String(content.length));
    expect(header('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(header('repr-digest')).toBe(
      `sha-256=:${Buffer.from(sha256Of(content), 'hex').toString('base64')}:`,
    );
  });

  it('HEAD: the same without the bytes', async () => {
    const response = await api.request('HEAD', path);
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(response.headers.get('content-length')).toBe(String(content.length));
  });

  it('206: a range', async () => {
    const response = await api.request('GET', path, { headers: { range: 'bytes=1-6' } });
    expect([response.status, await response.text()]).toEqual([206, 'script']);
    expect(response.headers.get('content-range')).toBe(`bytes 1-6/${content.length}`);
    expect(response.headers.get('content-length')).toBe('6');
  });

  it('304: what the caller has', async () => {
    const headers = { 'if-none-match': `"${sha256Of(content)}"` };
    expect((await api.request('GET', path, { headers })).status).toBe(304);
  });

  it('416: a range after the end, with the size', async () => {
    const response = await api.request('GET', path, { headers: { range: 'bytes=999-' } });
    expect(response.headers.get('content-range')).toBe(`bytes */${content.length}`);
    await expectProblem(response, 'range-not-satisfiable');
  });

  it('404: what is not there, and what is somebody else’s', async () => {
    await submitSupplied(api, token, 'mine');
    const mine = `/v1/objects/sha256:${sha256Of('mine')}`;
    expect((await api.request('GET', mine, { token })).headers.get('cache-control')).toMatch(/^private,/);
    await expectProblem(await api.request('GET', mine), 'not-found');
    const headers = { 'if-none-match': '*' };
    await expectProblem(await api.request('GET', mine, { headers }), 'not-found');
    await expectProblem(await api.request('GET', `/v1/objects/sha256:${'0'.repeat(64)}`), 'not-found');
  });

  it('400: a digest that is none, such as a path', async () => {
    for (const digest of ['sha256:xyz', '..%2f..%2fetc%2fpasswd', `sha1:${'0'.repeat(40)}`])
      await expectProblem(await api.request('GET', `/v1/objects/${digest}`), 'invalid-request');
  });
});
