import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { comparisonStatement } from '#core/statement/comparison.ts';
import type { KeySigner } from '#services/signing/signer.ts';
import { freshSigner, scratchFolder, signed } from '#test/harness/attesting/signed.ts';
import { runInProcess, type InProcessRun } from '#test/harness/cli/run-in-process.ts';
import { artifact, builder, different, reproduced, wheelBytes } from '#test/harness/samples/attest-input.ts';
import {
  certificateSigner,
  keySigner,
  testBundle,
  testSigstore,
  trustedRootOf,
} from '#test/harness/sigstore/test-sigstore.ts';

/** Whom `assay verify` believes: identities, tables, operators, policies. */
const world = testSigstore();
const identity = 'https://builder.example/v1';
const issuer = 'https://issuer.example';
const file = artifact.file;

let folder: string;
let alice: KeySigner;
let bob: KeySigner;

const put = (name: string, content: Uint8Array | string): Promise<void> =>
  writeFile(join(folder, name), content);
const say = (input: typeof reproduced = reproduced): ReturnType<typeof comparisonStatement> =>
  comparisonStatement(input, { builder, level: 'SLSA_BUILD_LEVEL_2', facts: [] });

beforeEach(async () => {
  folder = await scratchFolder();
  [alice, bob] = await Promise.all([freshSigner(), freshSigner()]);
  await put(file, wheelBytes);
  await put('alice.json', await signed(say(), alice));
  await put('bob.json', await signed(say(), bob));
  await put('alice.pub', alice.publicKeyPem);
  await put('root.json', JSON.stringify(trustedRootOf(world)));
  const keyless = testBundle(world, certificateSigner(world), { payload: JSON.stringify(say()) });
  await put('keyless.json', JSON.stringify(keyless));
});

const verify = (...args: string[]): Promise<InProcessRun> =>
  runInProcess(['verify', file, ...args], { cwd: folder });

const table = (...lines: string[]): string => `schemaVersion: 1\nsigners:\n${lines.join('')}`;
const line = (operator: string, { hint }: KeySigner, more = ''): string =>
  `  - { operator: ${operator}, key: { hint: "${hint}" }, builderIds: ["${builder.id}"]${more} }\n`;
const pemLine = (operator: string, { publicKeyPem }: KeySigner, more = ''): string =>
  `  - { operator: ${operator}, key: { publicKeyPem: ${JSON.stringify(publicKeyPem)} }, builderIds: ["${builder.id}"]${more} }\n`;

describe('an identity', () => {
  const keyless = ['--bundle', 'keyless.json', '--trusted-root', 'root.json'];

  test('exactly or by a pattern, with its issuer: who signed, what witnessed it and when is told', async () => {
    const { code, stdout, stderr } = await verify(...keyless, '--identity', identity, '--issuer', issuer);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`signed by  ${identity}, vouched for by ${issuer}\n`);
    expect(stdout).toMatch(/witnessed +1 log entry, time stamp of 2026-06-01T12:05:00\.000Z/);
    expect(stdout).toMatch(
      /level +SLSA_BUILD_LEVEL_1: it states SLSA_BUILD_LEVEL_2, its signer is believed up to SLSA_BUILD_LEVEL_1/,
    );
    const pattern = ['--identity-pattern', 'https://builder.example/*', '--issuer', issuer];
    expect(await verify(...keyless, ...pattern)).toMatchObject({ code: 0 });
  });

  test('of somebody else fails, and is named with the one that was found', async () => {
    const { code, stdout } = await verify(...keyless, '--identity', 'https://x.example', '--issuer', issuer);
    expect(code).toBe(1);
    expect(stdout).toMatch(/FAILED {2}identity +expected {2}https:\/\/x\.example, vouched for by/);
    expect(stdout).toContain(`found     ${identity}`);
  });

  test('never lets a key of the same trust document in, which nobody named', async () => {
    const document = {
      schemaVersion: 1,
      keys: [
        {
          hint: alice.hint,
          publicKeyPem: alice.publicKeyPem,
          builderId: builder.id,
          validFrom: '2026-01-01T00:00:00Z',
        },
      ],
      sigstore: JSON.stringify(trustedRootOf(world)),
    };
    await put('root.json', JSON.stringify(document));
    const named = ['--trusted-root', 'root.json', '--identity', identity, '--issuer', issuer];
    expect(await verify('--bundle', 'keyless.json', ...named)).toMatchObject({ code: 0 });
    expect(await verify('--bundle', 'alice.json', ...named)).toMatchObject({ code: 1 });
  });

  test.each([
    ['a trusted root alone', []],
    ['a trusted root with a source', ['--source', 'https://files.example/x']],
    ['an identity without an issuer', ['--identity', identity]],
    ['an issuer without an identity', ['--issuer', issuer]],
    ['a pattern that leaves the host open', ['--identity-pattern', '**', '--issuer', issuer]],
    ['a threshold without rebuilders', ['--key', 'alice.pub', '--threshold', '2']],
  ])('%s is refused', async (_, args) => {
    expect(await verify(...keyless, ...args)).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('--witnesses', () => {
  test('refuses a bundle by a key from which the log entry or the time was taken away', async () => {
    const key = keySigner();
    const whole = testBundle(world, key, { payload: JSON.stringify(say()) });
    await put('witnessed.pub', key.publicKeyPem);
    const asked = ['--key', 'witnessed.pub', '--trusted-root', 'root.json', '--witnesses', 'log,time'];
    await put('whole.json', JSON.stringify(whole));
    expect(await verify('--bundle', 'whole.json', ...asked)).toMatchObject({ code: 0 });
    for (const taken of ['tlogEntries', 'timestampVerificationData'] as const) {
      const bundle = structuredClone(whole) as { verificationMaterial: Record<string, unknown> };
      delete bundle.verificationMaterial[taken];
      await put('stripped.json', JSON.stringify(bundle));
      const { code, stdout } = await verify('--bundle', 'stripped.json', ...asked);
      expect(code, taken).toBe(1);
      expect(stdout.split('\n')[0]).toContain('1 of 1 bundle failed: witnesses.');
    }
  });

  test('takes a certificate without a log entry only where no log is asked for, and never without a time', async () => {
    const bundle = testBundle(world, certificateSigner(world), { payload: JSON.stringify(say()) });
    const asked = ['--trusted-root', 'root.json', '--identity', identity, '--issuer', issuer];
    const without = (member: string): string => {
      const copy = structuredClone(bundle) as { verificationMaterial: Record<string, unknown> };
      delete copy.verificationMaterial[member];
      return JSON.stringify(copy);
    };
    await put('unlogged.json', without('tlogEntries'));
    await put('untimed.json', without('timestampVerificationData'));
    expect(await verify('--bundle', 'unlogged.json', ...asked)).toMatchObject({ code: 1 });
    expect(await verify('--bundle', 'unlogged.json', ...asked, '--witnesses', 'time')).toMatchObject({
      code: 0,
    });
    expect(await verify('--bundle', 'untimed.json', ...asked, '--witnesses', 'log')).toMatchObject({
      code: 1,
    });
  });
});

describe('--rebuilders', () => {
  const both = ['--bundle', 'alice.json', '--bundle', 'bob.json', '--rebuilders', 'set.yaml'];

  test('k operators have to say it, however many keys they have', async () => {
    await put('set.yaml', table(pemLine('acme', alice), pemLine('beta', bob)));
    const { code, stdout } = await verify(...both, '--threshold', '2');
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toMatch(
      /^Verified: \S+ 2 operators, of 2 asked for: acme, beta\. https:.*\.$/,
    );
    await put('set.yaml', table(pemLine('acme', alice), pemLine('acme', bob), line('c', alice)));
    const one = await verify(...both, '--threshold', '2', '--format', 'json');
    expect(one.code).toBe(1);
    expect(JSON.parse(one.stdout)).toMatchObject({
      verified: false,
      counts: { verified: 2, failed: 0 },
      policy: { result: 'FAILED', threshold: 2, operators: ['acme'] },
    });
  });

  test('who says that it differs is shown, and counts for nobody', async () => {
    await put('set.yaml', table(pemLine('acme', alice), pemLine('beta', bob)));
    await put('bob.json', await signed(say(different), bob));
    const { code, stdout } = await verify(...both);
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toContain('1 of 2 bundles did not count: verdict.');
    expect(stdout).toContain('bob.json: NOT counted');
    expect(stdout).toMatch(/FAILED {2}verdict +expected {2}reproduced\n +found +different/);
    expect(await verify(...both, '--threshold', '2')).toMatchObject({ code: 1 });
  });

  test('a threshold that can never be reached is a fault of the command', async () => {
    await put('set.yaml', table(pemLine('acme', alice), pemLine('acme', bob)));
    expect(await verify(...both, '--threshold', '2')).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('--policy', () => {
  const byPolicy = ['--bundle', 'alice.json', '--policy', 'policy.yaml'];

  test('says all that has to be so, in YAML or JSON', async () => {
    const level = ', maximumLevel: SLSA_BUILD_LEVEL_3';
    await put('policy.yaml', `${table(pemLine('acme', alice, level))}minimumLevel: SLSA_BUILD_LEVEL_2\n`);
    expect(await verify(...byPolicy)).toMatchObject({ code: 0 });
    await put('policy.yaml', `${table(pemLine('acme', alice, level))}minimumLevel: SLSA_BUILD_LEVEL_3\n`);
    const { code, stdout } = await verify(...byPolicy);
    expect(code).toBe(1);
    expect(stdout).toMatch(/FAILED {2}level +expected {2}SLSA_BUILD_LEVEL_3 or above/);
    const key = { publicKeyPem: alice.publicKeyPem };
    const signers = [{ operator: 'acme', key, builderIds: [builder.id] }];
    await put('policy.yaml', JSON.stringify({ schemaVersion: 1, signers }));
    expect(await verify(...byPolicy)).toMatchObject({ code: 0 });
  });

  test('refuses a pass by name, and no name that no pass has', async () => {
    const refusing = (id: string) => `${table(pemLine('acme', alice))}refusedPasses: [${id}]\n`;
    await put('policy.yaml', refusing('zip-times'));
    expect(await verify(...byPolicy)).toMatchObject({ code: 0 });
    await put('policy.yaml', refusing('zip-tims'));
    const { code, stderr } = await verify(...byPolicy);
    expect(code).toBe(2);
    expect(stderr).toContain('No pass is called zip-tims.');
  });

  test('names a key by its hint, which --key brings', async () => {
    await put('policy.yaml', table(line('acme', alice)));
    expect(await verify(...byPolicy)).toMatchObject({ code: 1 });
    expect(await verify(...byPolicy, '--key', 'alice.pub')).toMatchObject({ code: 0 });
  });

  test('takes a certificate by its name', async () => {
    const certificate = `{ issuer: "${issuer}", identityPattern: "https://builder.example/*" }`;
    await put(
      'policy.yaml',
      table(`  - { operator: ci, certificate: ${certificate}, builderIds: ["${builder.id}"] }\n`),
    );
    const args = ['--bundle', 'keyless.json', '--policy', 'policy.yaml'];
    expect(await verify(...args, '--trusted-root', 'root.json')).toMatchObject({ code: 0 });
    expect(await verify(...args)).toMatchObject({ code: 1 });
  });

  test('with an option that it says itself is refused', async () => {
    await put('policy.yaml', table(pemLine('acme', alice)));
    for (const more of [
      ['--level', '1'],
      ['--accept', 'equivalent'],
      ['--refuse-pass', 'zip-times'],
      ['--threshold', '1'],
    ]) {
      const { code, stderr } = await verify(...byPolicy, ...more);
      expect(code).toBe(2);
      expect(stderr).toContain(more[0]);
    }
  });

  test.each([
    ['an unknown member', (text: string) => `${text}trust: all\n`],
    ['a member that is there twice', (text: string) => `${text}schemaVersion: 1\n`],
    [
      'a pattern that leaves the host open',
      (text: string) =>
        text.replace(/key: \{[^}]*\}/, `certificate: { issuer: "${issuer}", identityPattern: "**" }`),
    ],
    [
      'a signer without a builder',
      (text: string) => text.replace(/builderIds: \[[^\]]*\]/, 'builderIds: []'),
    ],
    ['a private key', (text: string) => text.replaceAll('PUBLIC', 'PRIVATE')],
    ['another version', (text: string) => text.replace('schemaVersion: 1', 'schemaVersion: 2')],
    ['no signer', () => 'schemaVersion: 1\n'],
    ['no YAML', () => '{'],
    ['nothing', () => ''],
  ])('with %s is none: nothing is verified by it', async (_, edit) => {
    await put('policy.yaml', edit(table(pemLine('acme', alice))));
    const { code, stdout, stderr } = await verify(...byPolicy);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('policy.yaml');
  });
});

describe('what else can be asked for', () => {
  const given = ['--bundle', 'alice.json', '--key', 'alice.pub'];

  test.each<[string[], string | undefined]>([
    [['--source', 'https://files.example/idna-3.20.tar.gz'], undefined],
    [['--source', 'https://files.example/other.tar.gz'], 'source'],
    [['--source-digest', `sha256:${reproduced.recipe?.source.digest.sha256 ?? ''}`], undefined],
    [['--source-digest', `sha256:${'0'.repeat(64)}`], 'source'],
    [['--level', '1'], undefined],
    [['--level', 'L2'], 'level'],
    [['--level', '2', '--max-level', '2'], undefined],
    [['--level', '3', '--max-level', '3'], 'level'],
    [['--max-age', '36500d'], undefined],
    [['--max-age', '1m'], 'age'],
    [['--predicate-type', 'summary'], 'predicate-type'],
  ])('%j', async (args, failed) => {
    const { code, stdout } = await verify(...given, ...args);
    expect(code).toBe(failed === undefined ? 0 : 1);
    if (failed !== undefined) expect(stdout.split('\n')[0]).toContain(`1 of 1 bundle failed: ${failed}.`);
  });

  test.each([
    ['--level', '4'],
    ['--max-age', '0d'],
    ['--max-age', '30'],
    ['--source-digest', 'sha256'],
    ['--summary-policy', 'x'],
    ['--threshold', '0'],
  ])('%s %s is a fault of the command', async (...args) => {
    expect(await verify(...given, ...args)).toMatchObject({ code: 2, stdout: '' });
  });
});
