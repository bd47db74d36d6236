import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { comparisonStatement } from '#core/statement/comparison.ts';
import { idsOfDeployment } from '#core/statement/builder-id.ts';
import type { KeySigner } from '#services/signing/signer.ts';
import { ApiServer } from '#test/harness/api/api-server.ts';
import { freshSigner, scratchFolder, signed } from '#test/harness/attesting/signed.ts';
import { artifact, builder, reproduced, wheelBytes } from '#test/harness/samples/attest-input.ts';
import { runInProcess, type InProcessRun } from '#test/harness/cli/run-in-process.ts';

const [attemptBuilder = ''] = idsOfDeployment(builder.id);

let api: ApiServer;
let folder: string;
let signer: KeySigner;

beforeEach(async () => {
  api = await ApiServer.start();
  folder = await scratchFolder();
  signer = await freshSigner();
  await api.plane.registerSigner(
    { subject: 'worker:attest', scope: 'submitter' },
    {
      builderId: builder.id,
      log: false,
      key: { hint: signer.hint, publicKeyPem: signer.publicKeyPem },
    },
  );
  await writeFile(join(folder, artifact.file), wheelBytes);
  const by = { builder: { id: attemptBuilder }, level: 'SLSA_BUILD_LEVEL_1' as const, facts: [] };
  await writeFile(join(folder, 'bundle.json'), await signed(comparisonStatement(reproduced, by), signer));
});

afterEach(async () => api[Symbol.asyncDispose]());

const assay = (...args: string[]): Promise<InProcessRun> => runInProcess(args, { cwd: folder });

async function keepRoot(format = 'json'): Promise<void> {
  const kept = await assay('trusted-root', '--api', api.url, '--format', format, '--output', 'root.json');
  expect({ ...kept, stderr: '' }).toEqual({ code: 0, stdout: '', stderr: '' });
}

const verify = (...args: string[]): Promise<InProcessRun> =>
  assay('verify', artifact.file, '--bundle', 'bundle.json', ...args);
const byRoot = ['--trusted-root', 'root.json', '--builder-id', attemptBuilder];

describe('what is printed verifies later, offline', () => {
  test('with the builder named, and with the warning that it proves little', async () => {
    const { code, stdout, stderr } = await assay('trusted-root', '--api', api.url);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, keys: [{ hint: signer.hint }] });
    expect(stderr).toContain('proves little');
    await keepRoot();
    expect(await verify(...byRoot)).toMatchObject({ code: 0 });
  });

  test('as keys alone', async () => {
    await keepRoot('pem');
    expect(await verify('--key', 'root.json')).toMatchObject({ code: 0 });
  });

  test('for the builders of the deployment alone: no longer path of its id is one', async () => {
    const by = { builder: { id: `${builder.id}/evil` }, level: 'SLSA_BUILD_LEVEL_1' as const, facts: [] };
    await writeFile(join(folder, 'bundle.json'), await signed(comparisonStatement(reproduced, by), signer));
    await keepRoot();
    const evil = await verify('--trusted-root', 'root.json', '--builder-id', `${builder.id}/evil`);
    expect(evil.code).toBe(1);
    expect(evil.stdout).toContain('1 of 1 bundle failed: builder-id');
  });
});

describe('keys over time', () => {
  test('a retired key without a trusted time proves nothing: when it signed is not known', async () => {
    await api.plane.retireKey({ subject: 'admin', scope: 'admin' }, signer.hint);
    await keepRoot();
    const { code, stdout } = await verify(...byRoot);
    expect(code).toBe(1);
    expect(stdout).toContain('nothing proves when');
  });

  test('a revoked key is believed in nothing, even by whoever still has its file', async () => {
    await writeFile(join(folder, 'old.pub'), signer.publicKeyPem);
    await api.plane.revokeKey({ subject: 'admin', scope: 'admin' }, signer.hint);
    await keepRoot();
    for (const args of [byRoot, ['--key', 'old.pub', '--trusted-root', 'root.json']]) {
      const { code, stdout } = await verify(...args);
      expect(code).toBe(1);
      expect(stdout).toContain('1 of 1 bundle failed: signer');
    }
    expect(await assay('trusted-root', '--api', api.url, '--format', 'pem')).toMatchObject({ code: 3 });
  });
});

describe('refused', () => {
  test('a root without a name: it says who may certify, not whom to believe', async () => {
    await keepRoot();
    const { code, stderr } = await verify('--trusted-root', 'root.json');
    expect(code).toBe(2);
    expect(stderr).toContain('not whom to believe');
  });

  test('a root in which something is there twice, is unknown or is missing', async () => {
    await keepRoot();
    const { stdout } = await assay('trusted-root', '--api', api.url);
    for (const text of [
      stdout.replace('"keys"', '"keys":[],"keys"'),
      stdout.replace('"keys"', '"more":1,"keys"'),
      stdout.replace('"hint"', '"hind"'),
      '{"mediaType":"x"}',
      'null',
      '',
    ]) {
      await writeFile(join(folder, 'root.json'), text);
      expect(await verify(...byRoot)).toMatchObject({ code: 2, stdout: '' });
    }
  });

  test('the Sigstore root of a service that has none', async () => {
    const { code, stderr } = await assay('trusted-root', '--api', api.url, '--format', 'sigstore');
    expect(code).toBe(3);
    expect(stderr).toContain('keys of its own');
  });
});
