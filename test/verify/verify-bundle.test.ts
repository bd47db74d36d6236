import { beforeAll, describe, expect, test } from 'vitest';
import { comparisonStatement } from '#core/statement/comparison.ts';
import { provenanceStatement } from '#core/statement/provenance.ts';
import { bundleBytesMax } from '#schemas/statement.ts';
import type { KeySigner } from '#services/signing/signer.ts';
import { freshSigner, signed, signedJson } from '#test/harness/attesting/signed.ts';
import {
  artifact,
  builder,
  different,
  equivalent,
  objectRef,
  otherBytes,
  outputOf,
  ran,
  recipe,
  reproduced,
} from '#test/harness/samples/attest-input.ts';
import { trustKeys, type Trust } from '#verify/trust.ts';
import type { Expectation } from '#verify/expectation.ts';
import { verifyBundle } from '#verify/verify-bundle.ts';

const by = { builder, level: 'SLSA_BUILD_LEVEL_1' as const, facts: [] };
const ofReproduced = comparisonStatement(reproduced, by);
const provenance = provenanceStatement({ ...reproduced, recipe, ran, output: outputOf(otherBytes) }, builder);
const artifactSha256 = artifact.digest.sha256;
const outputSha256 = objectRef(otherBytes).digest.sha256;

/** What JSON.parse gives: tests edit it freely. */
type AnyJson = ReturnType<typeof JSON.parse>;

let signer: KeySigner;
let trust: Trust;
let good: Buffer;
beforeAll(async () => {
  signer = await freshSigner();
  trust = trustKeys([{ publicKeyPem: signer.publicKeyPem, builderIds: [builder.id] }]);
  good = await signed(ofReproduced, signer);
});

function verify(
  bundleBytes: Uint8Array,
  options: { sha256?: string; trust?: Trust; expect?: Expectation } = {},
) {
  return verifyBundle({
    bundleBytes,
    artifactSha256: options.sha256 ?? artifactSha256,
    trust: options.trust ?? trust,
    ...(options.expect ? { expect: options.expect } : {}),
  });
}

/** The check that failed: always the last one, and the only one. */
function failing(result: ReturnType<typeof verify>): string {
  expect(result.verified).toBe(false);
  expect(result.sentence).toMatch(/^Not verified\./);
  expect(result).not.toHaveProperty('statement');
  expect(result.checks.filter(({ ok }) => !ok)).toHaveLength(1);
  return result.checks.at(-1)?.name ?? '';
}

function changed(edit: (bundle: AnyJson) => void): Buffer {
  const bundle = JSON.parse(good.toString());
  edit(bundle);
  return Buffer.from(JSON.stringify(bundle));
}

describe('what passes', () => {
  test('a comparison that says reproduced, about this file, by a trusted key', () => {
    const result = verify(good);
    expect(result).toMatchObject({
      verified: true,
      sentence: `${builder.id} built this file again from its source and got the same bytes.`,
      statement: { predicate: { verdict: { kind: 'reproduced' } } },
    });
    expect(result.checks.map(({ name }) => name)).toEqual([
      'bundle-json',
      'bundle-format',
      'payload-type',
      'signer',
      'signature',
      'witnesses',
      'statement',
      'subject-count',
      'subject-digest',
      'predicate-type',
      'predicate',
      'builder-id',
      'verdict',
      'level',
    ]);
  });

  test('provenance of the file that was built, without a word about a published one', async () => {
    const result = verify(await signed(provenance, signer), { sha256: outputSha256 });
    expect(result).toMatchObject({
      verified: true,
      sentence: expect.stringContaining('built these very bytes'),
    });
    expect(result.sentence).not.toContain('again');
  });

  test('equivalent, only when it is accepted, and then never called the same', async () => {
    const bundle = await signed(comparisonStatement(equivalent, by), signer);
    expect(failing(verify(bundle))).toBe('verdict');
    const accepted = verify(bundle, { expect: { accept: ['equivalent'] } });
    expect(accepted).toMatchObject({
      verified: true,
      sentence: expect.stringContaining('not the same bit for bit'),
    });
    expect(accepted.sentence).toContain('times of zip members');
    expect(accepted.sentence).not.toContain('reproduced');
  });

  test('a key that was trusted for any builder: the check says that none was named', () => {
    const any = trustKeys([{ publicKeyPem: signer.publicKeyPem }]);
    const result = verify(good, { trust: any });
    expect(result.checks).toContainEqual({
      name: 'builder-id',
      ok: true,
      expected: 'any: none was named',
      actual: builder.id,
    });
  });

  test('says that neither log nor time stamp was asked for, because the key itself was given', () => {
    expect(verify(good).checks.find(({ name }) => name === 'witnesses')?.expected).toContain(
      'the key itself is trusted',
    );
  });

  test('the URL-safe alphabet of base64 too, as DSSE asks', () => {
    const urlSafe = changed(({ dsseEnvelope }) => {
      const [signature] = dsseEnvelope.signatures;
      signature.sig = signature.sig.replaceAll('+', '-').replaceAll('/', '_');
    });
    expect(verify(urlSafe).verified).toBe(true);
  });
});

describe('what fails names its check', () => {
  test('one byte of the payload', () => {
    const bundle = changed(({ dsseEnvelope }) => {
      const payload = Buffer.from(dsseEnvelope.payload, 'base64');
      payload.writeUInt8(payload.readUInt8(200) ^ 1, 200);
      dsseEnvelope.payload = payload.toString('base64');
    });
    expect(failing(verify(bundle))).toBe('signature');
  });

  test('one byte of the signature', () => {
    const bundle = changed(({ dsseEnvelope }) => {
      const sig = Buffer.from(dsseEnvelope.signatures[0].sig, 'base64');
      sig.writeUInt8(sig.readUInt8(20) ^ 1, 20);
      dsseEnvelope.signatures[0].sig = sig.toString('base64');
    });
    expect(failing(verify(bundle))).toBe('signature');
  });

  test('another file', () => {
    const result = verify(good, { sha256: outputSha256 });
    expect(failing(result)).toBe('subject-digest');
    expect(result.checks.at(-1)).toMatchObject({
      expected: `sha256 ${outputSha256}`,
      actual: `sha256 ${artifactSha256}`,
    });
  });

  test('a key that is not trusted, and no key at all', async () => {
    const other = await freshSigner();
    expect(failing(verify(await signed(ofReproduced, other)))).toBe('signer');
    expect(failing(verify(good, { trust: trustKeys([]) }))).toBe('signer');
  });

  test('a bundle that names a trusted key but was signed by another', async () => {
    const other = await freshSigner();
    const bundle = JSON.parse((await signed(ofReproduced, other)).toString());
    bundle.verificationMaterial.publicKey.hint = signer.hint;
    expect(failing(verify(Buffer.from(JSON.stringify(bundle))))).toBe('signature');
  });

  test('a trusted key that speaks for a builder which is not its own', async () => {
    const usurped = comparisonStatement(reproduced, { ...by, builder: { id: 'https://hosted.example/v1' } });
    expect(failing(verify(await signed(usurped, signer)))).toBe('builder-id');
    expect(failing(verify(good, { expect: { builderId: 'https://hosted.example/v1' } }))).toBe('builder-id');
  });

  test('a statement of another type than the expected one', () => {
    const expectation = { predicateTypes: ['https://slsa.dev/provenance/v1'] };
    expect(failing(verify(good, { expect: expectation }))).toBe('predicate-type');
  });

  test('a predicate type that nobody has a schema for, even when it is expected', async () => {
    const type = 'https://example.org/anything/v1';
    const bundle = await signedJson({ ...ofReproduced, predicateType: type }, signer);
    expect(failing(verify(bundle))).toBe('predicate-type');
    expect(failing(verify(bundle, { expect: { predicateTypes: [type] } }))).toBe('predicate');
  });

  test.each(['different', 'build-failed', 'unsupported', 'inconclusive'] as const)(
    'the signed verdict %s, accepted or not',
    async (kind) => {
      const input =
        kind === 'different' ? different : { ...reproduced, verdict: { ...reproduced.verdict, kind } };
      const bundle = await signed(comparisonStatement(input, by), signer);
      expect(failing(verify(bundle))).toBe('verdict');
      expect(failing(verify(bundle, { expect: { accept: ['equivalent'] } }))).toBe('verdict');
    },
  );

  test('a verdict that contradicts the digests beside it', async () => {
    const lie = { ...ofReproduced, predicate: { ...ofReproduced.predicate } };
    const { comparison } = comparisonStatement(equivalent, by).predicate;
    lie.predicate.comparison = comparison as NonNullable<typeof comparison>;
    expect(failing(verify(await signed(lie, signer)))).toBe('verdict');
    const { comparison: _, ...nothing } = ofReproduced.predicate;
    expect(failing(verify(await signedJson({ ...ofReproduced, predicate: nothing }, signer)))).toBe(
      'verdict',
    );
  });

  test('many subjects, and none', async () => {
    const [subject] = ofReproduced.subject;
    const many = Array.from({ length: 10_000 }, () => subject);
    expect(failing(verify(await signedJson({ ...ofReproduced, subject: many }, signer)))).toBe(
      'subject-count',
    );
    expect(failing(verify(await signedJson({ ...ofReproduced, subject: [] }, signer)))).toBe('subject-count');
  });

  test('a subject known by another digest than sha256, or by two', async () => {
    const sha512 = 'a'.repeat(128);
    for (const digest of [{ sha512 }, { sha256: artifactSha256, sha512 }, {}, null]) {
      const bundle = await signedJson({ ...ofReproduced, subject: [{ digest }] }, signer);
      expect(failing(verify(bundle))).toBe('subject-digest');
    }
  });

  test('a member of the statement that is there twice, though the signature is good', async () => {
    const twice = JSON.stringify(ofReproduced).replace(
      '"predicateType":',
      '"predicateType":"x","predicateType":',
    );
    expect(failing(verify(await signedJson(twice, signer)))).toBe('statement');
  });

  test('an unknown member of the statement or of the predicate', async () => {
    expect(failing(verify(await signedJson({ ...ofReproduced, more: 1 }, signer)))).toBe('statement');
    const predicate = { ...ofReproduced.predicate, waived: true };
    expect(failing(verify(await signedJson({ ...ofReproduced, predicate }, signer)))).toBe('predicate');
  });

  test('an unknown external parameter, and a build type that nobody here can read', async () => {
    const edited = async (edit: (definition: AnyJson) => void) => {
      const statement = structuredClone(provenance) as AnyJson;
      edit(statement.predicate.buildDefinition);
      return verify(await signedJson(statement, signer), { sha256: outputSha256 });
    };
    expect(failing(await edited((d) => (d.externalParameters.preload = 'evil.so')))).toBe(
      'external-parameters',
    );
    expect(failing(await edited((d) => (d.externalParameters.recipe.preload = 'evil.so')))).toBe(
      'external-parameters',
    );
    expect(failing(await edited((d) => (d.buildType = 'https://example.org/anything')))).toBe('build-type');
    expect(failing(await edited((d) => delete d.buildType))).toBe('build-type');
    expect(failing(await edited((d) => delete d.resolvedDependencies))).toBe('predicate');
  });

  test('a payload that is another kind of document', async () => {
    const bundle = changed(({ dsseEnvelope }) => (dsseEnvelope.payloadType = 'application/json'));
    expect(failing(verify(bundle))).toBe('payload-type');
  });

  test('log entries and time stamps that no trust was given for', () => {
    const stamped = changed(({ verificationMaterial }) => {
      verificationMaterial.timestampVerificationData = { rfc3161Timestamps: [{ signedTimestamp: 'AAAA' }] };
    });
    expect(failing(verify(stamped))).toBe('time-stamp');
    expect(failing(verify(changed((b) => (b.verificationMaterial.tlogEntries = [{}]))))).toMatch(
      /bundle-format|transparency-log/,
    );
  });

  test.each<[string, (bundle: AnyJson) => void]>([
    ['an unknown media type', (b) => (b.mediaType = 'application/vnd.dev.sigstore.bundle+json;version=0.9')],
    ['no signature', (b) => (b.dsseEnvelope.signatures = [])],
    ['two signatures', (b) => b.dsseEnvelope.signatures.push(b.dsseEnvelope.signatures[0])],
    ['a keyid', (b) => (b.dsseEnvelope.signatures[0].keyid = 'x')],
    ['an empty payload', (b) => (b.dsseEnvelope.payload = '')],
    ['a second content', (b) => (b.messageSignature = {})],
    ['a certificate beside the key', (b) => (b.verificationMaterial.certificate = { rawBytes: 'AAAA' })],
    ['an unknown member', (b) => (b.verified = true)],
    ['white space in base64', (b) => (b.dsseEnvelope.payload += '\n')],
    ['base64 without padding', (b) => (b.dsseEnvelope.signatures[0].sig = 'AAA')],
    ['stray bits in base64', (b) => (b.dsseEnvelope.signatures[0].sig = 'AAB=')],
    ['a key without a hint', (b) => (b.verificationMaterial.publicKey = {})],
    ['no verification material', (b) => delete b.verificationMaterial],
  ])('a bundle with %s', (_, edit) => {
    expect(failing(verify(changed(edit)))).toBe('bundle-format');
  });

  test('a bundle that is too large, not JSON, or has a member twice', () => {
    expect(failing(verify(Buffer.alloc(bundleBytesMax + 1, 0x20)))).toBe('bundle-json');
    expect(failing(verify(Buffer.from('not json')))).toBe('bundle-json');
    const twice = good.toString().replace('{', '{"mediaType":"x",');
    expect(failing(verify(Buffer.from(twice)))).toBe('bundle-json');
  });
});
