import { beforeEach, describe, expect, test } from 'vitest';
import { comparisonStatement } from '#core/statement/comparison.ts';
import type { KeySigner } from '#services/signing/signer.ts';
import { freshSigner, signed, signedJson } from '#test/harness/attesting/signed.ts';
import type { InProcessRun } from '#test/harness/cli/run-in-process.ts';
import { builder, different, reproduced, wheelBytes } from '#test/harness/samples/attest-input.ts';
import { digestHex } from '#test/harness/upstream/recorded.ts';
import {
  failures,
  firstLine,
  freshFolder,
  put,
  statementsOf,
  upstream,
} from '#test/harness/upstream/run-upstream.ts';
import { serve } from '#test/harness/upstream/serve.ts';

beforeEach(freshFolder);

const by = { builder, level: 'SLSA_BUILD_LEVEL_1' as const, facts: [] };

describe('another rebuilder, in the layout of oss-rebuild', () => {
  const purl = 'pkg:pypi/idna@3.20';
  const file = 'idna-3.20-py3-none-any.whl';
  const sha256 = digestHex('sha256', wheelBytes);
  const theirSha256 = digestHex('sha256', Buffer.from('what they built'));
  let theirs: KeySigner;
  let ours: KeySigner;

  beforeEach(async () => {
    [theirs, ours] = await Promise.all([freshSigner(), freshSigner()]);
    await put(file, wheelBytes);
    await put('theirs.pub', theirs.publicKeyPem);
    await put('ours.pub', ours.publicKeyPem);
  });

  const predicate = (buildType: string, resolvedDependencies: object[]): object => ({
    buildDefinition: { buildType, externalParameters: {}, resolvedDependencies },
    runDetails: {
      builder: { id: 'https://docs.oss-rebuild.dev/hosts/Google' },
      metadata: { invocationId: '1' },
    },
  });

  /** Two envelopes, one a line, each signed by their key under a name of a key-management service. */
  async function lines(rebuilt: string, signer = theirs): Promise<Buffer> {
    const statements = [
      {
        _type: 'https://in-toto.io/Statement/v1',
        subject: [{ name: file, digest: { sha256 } }],
        predicateType: 'https://slsa.dev/provenance/v1',
        predicate: predicate('https://docs.oss-rebuild.dev/builds/ArtifactEquivalence@v0.1', [
          { name: `rebuild/${file}`, digest: { sha256: rebuilt } },
          { name: 'https://files.example/idna', digest: { sha256 } },
        ]),
      },
      {
        _type: 'https://in-toto.io/Statement/v1',
        subject: [{ name: `rebuild/${file}`, digest: { sha256: rebuilt } }],
        predicateType: 'https://slsa.dev/provenance/v1',
        predicate: predicate('https://docs.oss-rebuild.dev/builds/Rebuild@v0.1', [
          { name: 'git+https://github.com/kjd/idna', digest: { sha1: 'a'.repeat(40) } },
        ]),
      },
    ];
    const envelopes = await Promise.all(statements.map((statement) => signedJson(statement, signer)));
    return Buffer.from(
      envelopes
        .map((bytes) => JSON.parse(bytes.toString()) as { dsseEnvelope: { signatures: object[] } })
        .map(({ dsseEnvelope }) => ({
          ...dsseEnvelope,
          signatures: dsseEnvelope.signatures.map((one) => ({ ...one, keyid: 'gcpkms://projects/x' })),
        }))
        .map((envelope) => `${JSON.stringify(envelope)}\n`)
        .join(''),
    );
  }

  /** Asks a store that holds `body`, and no registry knows the package. */
  async function ask(body: Uint8Array, ...args: string[]): Promise<InProcessRun> {
    const store = await serve({ [`/pypi/idna/3.20/${file}/rebuild.intoto.jsonl`]: body });
    const registry = await serve({});
    const places = ['--registry', `${registry.url}/simple`, '--rebuilder', store.url];
    return upstream(file, '--purl', purl, ...places, '--key', 'theirs.pub', '--key', 'ours.pub', ...args);
  }

  const agreements = (run: InProcessRun): Record<string, string> =>
    Object.fromEntries(
      statementsOf(run).flatMap(({ comparisons }) =>
        comparisons.map(({ claim, agreement }) => [claim, agreement]),
      ),
    );

  test('the same bytes by both: it agrees; an sdist says nothing of their commit, so that is no agreement', async () => {
    await put('ours.json', await signed(comparisonStatement(reproduced, by), ours));
    const run = await ask(await lines(sha256), '--comparison', 'ours.json', '--format', 'json');
    expect(run.code).toBe(0);
    expect(agreements(run)).toEqual({
      artifact: 'agrees',
      builder: 'agrees',
      verdict: 'agrees',
      repository: 'not-comparable',
      commit: 'not-comparable',
    });
  });

  test('their output is another file, and the same only after their normalisation: not comparable to bit for bit', async () => {
    await put('ours.json', await signed(comparisonStatement(reproduced, by), ours));
    const run = await ask(await lines(theirSha256), '--comparison', 'ours.json', '--format', 'json');
    expect(run.code).toBe(0);
    expect(statementsOf(run).map(({ standing, claims }) => [standing, claims?.kind])).toEqual([
      ['verified', 'equivalence'],
      ['verified', 'rebuild'],
    ]);
    expect(agreements(run)['verdict']).toBe('not-comparable');
  });

  test('we found a difference where they found none: a contradiction, exit 1, first thing that is said', async () => {
    await put('ours.json', await signed(comparisonStatement(different, by), ours));
    const run = await ask(await lines(sha256), '--comparison', 'ours.json');
    expect(run.code).toBe(1);
    expect(firstLine(run)).toBe(
      `CONTRADICTED: ${file}. One rebuilder found the published contents, the other did not.`,
    );
  });

  test('a statement about an output that no verified equivalence ties to the file fails', async () => {
    const [, rebuild = ''] = (await lines(theirSha256)).toString().split('\n');
    const run = await ask(Buffer.from(`${rebuild}\n`), '--format', 'json');
    expect(run.code).toBe(1);
    expect(failures(run)).toEqual(['subject-digest']);
  });

  test('an equivalence by one key ties no output of another key', async () => {
    const stranger = await freshSigner();
    await put('stranger.pub', stranger.publicKeyPem);
    const [equivalence = ''] = (await lines(theirSha256, stranger)).toString().split('\n');
    const [, rebuild = ''] = (await lines(theirSha256)).toString().split('\n');
    const run = await ask(
      Buffer.from(`${equivalence}\n${rebuild}\n`),
      '--key',
      'stranger.pub',
      '--format',
      'json',
    );
    expect(statementsOf(run).map(({ standing }) => standing)).toEqual(['verified', 'failed']);
  });

  test('a key that was not given verifies nothing', async () => {
    const run = await ask(await lines(sha256, await freshSigner()));
    expect(run.code).toBe(1);
    expect(firstLine(run)).toBe(`NOT verified: ${file}. 2 of 2 statements failed.`);
  });

  test('a comparison that is not verified is held against nothing: exit 1', async () => {
    await put('ours.json', await signed(comparisonStatement(reproduced, by), await freshSigner()));
    const run = await ask(await lines(sha256), '--comparison', 'ours.json');
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toContain('is not verified');
  });

  test('a store that does not answer is no silence: exit 5', async () => {
    const registry = await serve({});
    const gone = await serve({});
    await gone.close();
    const run = await upstream(file, '--purl', purl, '--registry', registry.url, '--rebuilder', gone.url);
    expect(run.code).toBe(5);
    expect(firstLine(run)).toBe(`Not established: ${file}. Not everybody could be asked.`);
  }, 30_000);
});
