import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStack, type Stack } from '#deploy/sigstore/stack.ts';
import type { RebuildResult } from '#schemas/rebuild.ts';
import { comparisonPredicateType, provenancePredicateType } from '#schemas/predicate-types.ts';
import { bytesOf } from '#test/harness/outage/small-rebuilds.ts';
import { deploymentId, SigningService } from '#test/harness/outage/signing-service.ts';
import { sha256Of } from '#test/harness/samples.ts';
import { trustMaterial } from '#verify/trust.ts';
import { verifyBundle } from '#verify/verify-bundle.ts';

const signings = 200;
const outages = ['rekor', 'tsa', 'fulcio'] as const;
/** As the certificates name the attester. */
const identity = 'https://builder.example/attester';
const types = [comparisonPredicateType, provenancePredicateType].toSorted();

const hasVerdict = ({ verdict }: RebuildResult): boolean => verdict !== 'pending';
const isComplete = ({ attestations }: RebuildResult): boolean =>
  attestations.length === types.length && attestations.every(({ state }) => state === 'complete');
const statementsOf = ({ attestations }: RebuildResult): (string | undefined)[] =>
  attestations.map(({ statement }) => statement?.sha256);

describe(`${signings} rebuilds signed without a key, while log, time stamps and certificates go away in turn`, () => {
  let folder: string;
  let stack: Stack;
  let service: SigningService;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-outage-'));
    stack = await startStack({ folder: join(folder, 'stack'), log: () => undefined });
    service = await SigningService.start(async (own) => {
      const tokenFile = join(own, 'token');
      const exp = Math.floor(Date.now() / 1000) + 3600;
      await writeFile(tokenFile, await stack.token({ subject: identity, claims: { exp } }), { mode: 0o600 });
      return {
        ASSAY_FULCIO_URL: stack.fulcioUrl,
        ASSAY_OIDC_TOKEN_FILE: tokenFile,
        ASSAY_TSA_URL: stack.tsaQueryUrl,
        ASSAY_REKOR_URL: stack.rekorUrl,
        ASSAY_TRUSTED_ROOT_FILE: stack.trustedRootFile,
      };
    });
  });
  afterAll(async () => {
    await service?.[Symbol.asyncDispose]();
    await stack?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('loses no verdict, says what is unlogged while it is, and ends with one complete bundle for each statement', async () => {
    const purls = Array.from({ length: signings }, (_, index) => `pkg:pypi/thing-${index}@1.0`);
    const ids = new Map<string, string>();
    const stated = new Map<string, (string | undefined)[]>();
    const perOutage = Math.ceil(signings / outages.length);

    const submit = async (some: readonly string[]): Promise<string[]> => {
      const made = await Promise.all(some.map((purl) => service.submit(purl)));
      for (const [index, id] of made.entries()) ids.set(some[index] ?? '', id);
      return made;
    };

    for (const [turn, down] of outages.entries()) {
      const turnPurls = purls.slice(turn * perOutage, (turn + 1) * perOutage);
      const before = await submit(turnPurls.slice(0, perOutage / 2));
      // In the middle: some are signed, some are being signed, the others are still to come.
      await service.untilAll(before.slice(0, 5), isComplete);
      await stack.service(down).kill();
      if (down === 'tsa') service.kill('attest');
      const after = await submit(turnPurls.slice(perOutage / 2));
      const results = await service.untilAll([...before, ...after], hasVerdict);
      expect(results.map(({ verdict }) => verdict)).toEqual(turnPurls.map(() => 'reproduced'));

      const waiting = results.filter((result) => !isComplete(result));
      expect(waiting.length, `unlogged while ${down} is away`).toBeGreaterThan(0);
      for (const result of waiting) {
        const { attestations, artifact } = result;
        expect(attestations.map(({ predicateType }) => predicateType).toSorted()).toEqual(types);
        const unlogged = attestations.filter(({ state }) => state === 'unlogged');
        expect(unlogged.every(({ digest, statement }) => digest === undefined && statement)).toBe(true);
        const served = await service.bundlesAbout(artifact.digest?.sha256 ?? '');
        expect(served.length).toBeLessThanOrEqual(types.length);
      }
      for (const result of results) stated.set(result.rebuild.id, statementsOf(result));
      if (down === 'rekor') await service.postgres.restart();
      await stack.service(down).start();
    }

    const complete = await service.untilAll([...ids.values()], isComplete);
    expect(complete).toHaveLength(signings);
    const trust = trustMaterial({ trustedRootJson: JSON.stringify(stack.trustedRoot) });
    const expectation = { identities: [{ identity, issuer: stack.issuerUrl }] };
    for (const [purl, id] of ids) {
      const result = complete.find(({ rebuild }) => rebuild.id === id);
      if (!result) throw new Error(`${purl} is lost`);
      expect(statementsOf(result)).toEqual(stated.get(id));
      const artifactSha256 = sha256Of(bytesOf(purl));
      const bundles = await service.bundlesAbout(artifactSha256);
      expect(bundles.map(({ predicateType }) => predicateType).toSorted()).toEqual(types);
      for (const { bundle, predicateType } of bundles) {
        const verified = verifyBundle({
          bundleBytes: Buffer.from(JSON.stringify(bundle)),
          artifactSha256,
          trust,
          expect: {
            ...expectation,
            predicateTypes: [predicateType],
            builderId: `${deploymentId}/bubblewrap`,
          },
        });
        expect(verified.sentence, JSON.stringify(verified.checks)).not.toMatch(/^Not verified/);
        expect(verified).toMatchObject({ verified: true, logEntries: 1 });
      }
    }
  });
});
