import { afterEach, beforeEach, expect, test } from 'vitest';
import { ApiServer } from '#test/harness/api/api-server.ts';
import { freshSigner } from '#test/harness/attesting/signed.ts';
import { runInProcess } from '#test/harness/cli/run-in-process.ts';

const attester = { subject: 'worker:attest', scope: 'worker:attest' } as const;
const builderId = 'https://builder.example/1';
let api: ApiServer;

beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api[Symbol.asyncDispose]());

async function register(): Promise<{ hint: string; publicKeyPem: string }> {
  const { hint, publicKeyPem } = await freshSigner();
  await api.plane.registerSigner(attester, { builderId, log: false, key: { hint, publicKeyPem } });
  return { hint, publicKeyPem };
}

const key = (...args: string[]) =>
  runInProcess(['key', ...args, '--api', api.url], { env: { ASSAY_TOKEN: api.machineToken('admin') } });

test('list shows every key with when it is valid, newest first', async () => {
  const [older, newer] = [await register(), await register()];
  const { stdout, code } = await key('list');
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines.map((line) => line.split(' ')[0])).toEqual([newer.hint, older.hint]);
  for (const line of lines) expect(line).toMatch(/from \S+Z, in use {2}https:\/\/builder\.example\/1$/);
});

test('retire and revoke take a hint in either alphabet, say what became of the key, and can be said again', async () => {
  const { hint } = await register();
  const url = Buffer.from(hint, 'base64').toString('base64url');
  expect((await key('retire', url)).stdout).toMatch(/, retired \S+Z {2}/);
  const revoked = await key('revoke', hint, '--format', 'json');
  expect(JSON.parse(revoked.stdout)).toMatchObject({
    schemaVersion: 1,
    keys: [{ hint, revokedAt: expect.any(String) }],
  });
  expect((await key('revoke', hint)).stdout).toContain(`${hint}  revoked `);
  expect((await key('list')).stdout).toContain('revoked');
});

test('a revoked key is exported no more', async () => {
  const [kept, revoked] = [await register(), await register()];
  await key('revoke', revoked.hint);
  expect((await key('export')).stdout).toBe(kept.publicKeyPem);
  expect((await key('export', '--all')).stdout).toBe(kept.publicKeyPem);
  await key('revoke', kept.hint);
  expect(await key('export')).toMatchObject({ code: 3, stdout: '' });
});

test('what is no hint is refused before anything is sent; a key that was never there is not found', async () => {
  for (const hint of ['x', '../../v1/tokens', `${'a'.repeat(42)}é`])
    expect(await key('revoke', hint)).toMatchObject({ code: 2, stdout: '' });
  expect(await key('retire', Buffer.alloc(32).toString('base64'))).toMatchObject({ code: 3 });
});

test('nobody but an admin may', async () => {
  const { hint } = await register();
  const token = await api.createToken('ci');
  const run = await runInProcess(['key', 'revoke', hint, '--api', api.url], { env: { ASSAY_TOKEN: token } });
  expect(run).toMatchObject({ code: 4, stdout: '' });
});
