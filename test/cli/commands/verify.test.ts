import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { beforeEach, describe, expect, test } from 'vitest';
import { runCli } from '#cli/run.ts';
import { comparisonStatement } from '#core/statement/comparison.ts';
import { provenanceStatement } from '#core/statement/provenance.ts';
import type { KeySigner } from '#services/signing/signer.ts';
import { freshSigner, scratchFolder, signed } from '#test/harness/attesting/signed.ts';
import {
  builder,
  different,
  equivalent,
  otherBytes,
  outputOf,
  ran,
  recipe,
  reproduced,
  wheelBytes,
} from '#test/harness/samples/attest-input.ts';

const by = { builder, level: 'SLSA_BUILD_LEVEL_1' as const, facts: [] };
const file = 'idna-3.20-py3-none-any.whl';

let folder: string;
let signer: KeySigner;

beforeEach(async () => {
  folder = await scratchFolder();
  signer = await freshSigner();
  await put(file, wheelBytes);
  await put('key.pub', signer.publicKeyPem);
  await put('bundle.json', await signed(comparisonStatement(reproduced, by), signer));
});

const put = (name: string, content: Uint8Array | string): Promise<void> =>
  writeFile(join(folder, name), content);

/** `assay verify …` in the folder, where no service and no network can be reached. */
async function verify(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const text = { stdout: '', stderr: '' };
  const code = await runCli(['verify', ...args], {
    stdout: { write: (part) => (text.stdout += part) },
    stderr: { write: (part) => (text.stderr += part) },
    stdin: Readable.from([]),
    env: {},
    cwd: folder,
    fetch: () => Promise.reject(new Error('verify went online')),
    signal: new AbortController().signal,
    now: () => 0,
  });
  return { code, ...text };
}

const given = [file, '--bundle', 'bundle.json', '--key', 'key.pub'];

/** Exit code 1, and the one check that failed is named on the first line. */
function expectFailing(result: { code: number; stdout: string }, check: string): void {
  expect(result.code).toBe(1);
  expect(result.stdout.split('\n')[0]).toBe(`NOT verified: ${file}. 1 of 1 bundle failed: ${check}.`);
  expect(result.stdout).toMatch(new RegExp(`FAILED  ${check} +expected`));
}

describe('exit 0', () => {
  test('a file, its bundle and the key: one plain sentence, then every check', async () => {
    const { code, stdout, stderr } = await verify(...given);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')[0]).toBe(
      `Verified: ${file}. ${builder.id} built this file again from its source and got the same bytes.`,
    );
    expect(stdout).toMatch(/ok +subject-digest/);
    expect(stdout).toContain('not that they are harmless');
  });

  test('the same as a process of its own, with nothing running', () => {
    const main = join(import.meta.dirname, '../../../cli/main.ts');
    const { status, stdout } = spawnSync(process.execPath, [main, 'verify', ...given], {
      cwd: folder,
      env: {},
    });
    expect(stdout.toString()).toMatch(/^Verified: /);
    expect(status).toBe(0);
  }, 60_000);

  test('with the builder that the bundle names', async () => {
    expect((await verify(...given, '--builder-id', builder.id)).code).toBe(0);
  });

  test.each([
    '.comparison.sigstore.json',
    '.provenance.sigstore.json',
    '.sigstore.json',
    '.assay.sigstore.json',
  ])('a bundle that lies next to the file as *%s is found', async (ending) => {
    await put(`${file}${ending}`, await readFile(join(folder, 'bundle.json')));
    expect((await verify(file, '--key', 'key.pub')).code).toBe(0);
  });

  test('a .jsonl file with a bundle on each line', async () => {
    const provenance = provenanceStatement(
      { ...reproduced, recipe, ran, output: outputOf(wheelBytes) },
      builder,
    );
    const lines = [await readFile(join(folder, 'bundle.json')), await signed(provenance, signer)];
    await put(`${file}.intoto.jsonl`, `${lines.join('\n')}\n`);
    const { code, stdout } = await verify(file, '--key', 'key.pub', '--format', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).counts).toEqual({ verified: 2, failed: 0, skipped: 0, unknown: 0 });
  });

  test('one of several keys in one file', async () => {
    const other = await freshSigner();
    await put('keys.pub', other.publicKeyPem + signer.publicKeyPem);
    expect((await verify(file, '--bundle', 'bundle.json', '--key', 'keys.pub')).code).toBe(0);
  });

  test('equivalent, where it is accepted, and the sentence says that it is not the same', async () => {
    await put('bundle.json', await signed(comparisonStatement(equivalent, by), signer));
    expectFailing(await verify(...given), 'verdict');
    const { code, stdout } = await verify(...given, '--accept', 'equivalent');
    expect(code).toBe(0);
    expect(stdout).toContain('not the same bit for bit');
    expect(stdout).not.toContain('reproduced');
  });

  test('equivalent, where it rests on no pass that is refused', async () => {
    await put('bundle.json', await signed(comparisonStatement(equivalent, by), signer));
    const accepted = [...given, '--accept', 'equivalent'];
    expect((await verify(...accepted, '--refuse-pass', 'tar-owner')).code).toBe(0);
    expectFailing(
      await verify(...accepted, '--refuse-pass', 'tar-owner', '--refuse-pass', 'zip-times'),
      'passes',
    );
    expectFailing(await verify(...accepted, '--refuse-pass', 'all'), 'passes');
  });
});

describe('exit 1, and the check is named', () => {
  test('one byte changed in the file', async () => {
    const bytes = Buffer.from(wheelBytes);
    bytes.writeUInt8(bytes.readUInt8(3) ^ 1, 3);
    await put(file, bytes);
    expectFailing(await verify(...given), 'subject-digest');
  });

  test('one byte changed in the payload', async () => {
    const bundle = JSON.parse(await readFile(join(folder, 'bundle.json'), 'utf8'));
    const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64');
    payload.writeUInt8(payload.readUInt8(300) ^ 1, 300);
    bundle.dsseEnvelope.payload = payload.toString('base64');
    await put('bundle.json', JSON.stringify(bundle));
    expectFailing(await verify(...given), 'signature');
  });

  test('one byte changed in the signature', async () => {
    const bundle = JSON.parse(await readFile(join(folder, 'bundle.json'), 'utf8'));
    const sig = Buffer.from(bundle.dsseEnvelope.signatures[0].sig, 'base64');
    sig.writeUInt8(sig.readUInt8(30) ^ 1, 30);
    bundle.dsseEnvelope.signatures[0].sig = sig.toString('base64');
    await put('bundle.json', JSON.stringify(bundle));
    expectFailing(await verify(...given), 'signature');
  });

  test('another key', async () => {
    await put('key.pub', (await freshSigner()).publicKeyPem);
    expectFailing(await verify(...given), 'signer');
  });

  test('the statement of another file', async () => {
    const other = { ...different, artifact: { ...different.artifact, ...outputOf(otherBytes) } };
    const statement = comparisonStatement(
      { ...reproduced, artifact: { ...reproduced.artifact, digest: other.artifact.digest } },
      by,
    );
    await put('bundle.json', await signed(statement, signer));
    expectFailing(await verify(...given), 'subject-digest');
  });

  test('another builder than the expected one', async () => {
    expectFailing(await verify(...given, '--builder-id', 'https://hosted.example/v1'), 'builder-id');
  });

  test('another kind of statement than the expected one', async () => {
    expectFailing(await verify(...given, '--predicate-type', 'provenance'), 'predicate-type');
  });

  test('a verdict that says different', async () => {
    await put('bundle.json', await signed(comparisonStatement(different, by), signer));
    expectFailing(await verify(...given), 'verdict');
  });

  test('one of several bundles, though the others pass', async () => {
    await put('second.json', await signed(comparisonStatement(different, by), signer));
    const { code, stdout } = await verify(...given, '--bundle', 'second.json');
    expect(code).toBe(1);
    expect(stdout.split('\n')[0]).toContain('1 of 2 bundles failed: verdict');
  });

  test('a bundle that is not one, even an empty file', async () => {
    for (const text of ['', 'null', '{}', 'x'.repeat(7_000_000)]) {
      await put('bundle.json', text);
      expect((await verify(...given)).code).toBe(1);
    }
  });

  test('in JSON too, with every check, its expectation and what was found', async () => {
    await put(file, otherBytes);
    const { code, stdout } = await verify(...given, '--format', 'json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      verified: false,
      counts: { verified: 0, failed: 1 },
      bundles: [{ verified: false }],
    });
    expect(JSON.parse(stdout).bundles[0].checks.at(-1)).toEqual({
      name: 'subject-digest',
      ok: false,
      expected: `sha256 ${outputOf(otherBytes).digest.sha256}`,
      actual: `sha256 ${reproduced.artifact.digest.sha256}`,
    });
  });
});

describe('exit 3', () => {
  test('a file without any bundle: nothing found is no pass', async () => {
    const { code, stdout, stderr } = await verify(file, '--key', 'key.pub');
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('There is no bundle');
  });

  test('a .jsonl file without a line', async () => {
    await put('none.jsonl', '\n\n');
    expect((await verify(file, '--bundle', 'none.jsonl', '--key', 'key.pub')).code).toBe(3);
  });
});

describe('exit 2', () => {
  test('no key, identity or policy', async () => {
    const { code, stderr } = await verify(file, '--bundle', 'bundle.json');
    expect(code).toBe(2);
    expect(stderr).toContain('Nothing says whom to trust');
    expect((await verify(file, '--bundle', 'bundle.json', '--builder-id', builder.id)).code).toBe(2);
  });

  test.each([
    ['a file that is not there', ['absent.whl', '--bundle', 'bundle.json', '--key', 'key.pub']],
    ['a bundle that is not there', [file, '--bundle', 'absent.json', '--key', 'key.pub']],
    ['a key that is not there', [file, '--bundle', 'bundle.json', '--key', 'absent.pub']],
    ['a key file that holds no key', [file, '--bundle', 'bundle.json', '--key', 'bundle.json']],
    ['a verdict that cannot be accepted', [...given, '--accept', 'different']],
    [
      'a refusal of a pass that there is not',
      [...given, '--accept', 'equivalent', '--refuse-pass', 'zip-tims'],
    ],
    ['a refusal of a pass where none counts', [...given, '--refuse-pass', 'zip-times']],
    ['an unknown option', [...given, '--trust-me']],
  ])('%s', async (_, args) => {
    const { code, stderr } = await verify(...args);
    expect(code).toBe(2);
    expect(stderr).not.toBe('');
  });

  test('a private key in place of the public one, which is not repeated', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await put('key.pub', pem);
    const { code, stderr } = await verify(...given);
    expect(code).toBe(2);
    expect(stderr).not.toContain(pem.split('\n')[1]);
  });
});

test('names and texts from others reach the terminal escaped', async () => {
  const name = 'evil\u001b[2J\u202e.whl';
  const hostile = { ...builder, id: 'https://rebuilder.example/\u202e' };
  await put(name, wheelBytes);
  await put(
    'bundle.json',
    await signed(comparisonStatement(reproduced, { ...by, builder: hostile }), signer),
  );
  const { code, stdout } = await verify(name, '--bundle', 'bundle.json', '--key', 'key.pub');
  expect(code).toBe(0);
  // oxlint-disable-next-line no-control-regex -- what must not be there
  expect(stdout).not.toMatch(/[\u001b\u202e]/);
});
