import fc from 'fast-check';
import { beforeAll, expect, test, vi } from 'vitest';
import { comparisonStatement } from '#core/statement/comparison.ts';
import type { KeySigner } from '#services/signing/signer.ts';
import { freshSigner, signed, signedJson } from '#test/harness/attesting/signed.ts';
import { artifact, builder, reproduced } from '#test/harness/samples/attest-input.ts';
import { trustKeys, type Trust } from '#verify/trust.ts';
import { verifyBundle } from '#verify/verify-bundle.ts';

const statement = comparisonStatement(reproduced, { builder, level: 'SLSA_BUILD_LEVEL_1', facts: [] });

// Thousands of verifications each, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

let signer: KeySigner;
let trust: Trust;
let good: Buffer;
beforeAll(async () => {
  signer = await freshSigner();
  trust = trustKeys([{ publicKeyPem: signer.publicKeyPem, builderIds: [builder.id] }]);
  good = await signed(statement, signer);
});

const passes = (bundleBytes: Uint8Array): boolean =>
  verifyBundle({ bundleBytes, artifactSha256: artifact.digest.sha256, trust }).verified;

/** The bundle with one byte of a base64 member changed, on the level of the bytes that it stands for. */
function withByteChanged(member: 'payload' | 'sig', pick: number, flip: number): Buffer {
  const bundle = JSON.parse(good.toString());
  const holder = member === 'payload' ? bundle.dsseEnvelope : bundle.dsseEnvelope.signatures[0];
  const bytes = Buffer.from(holder[member], 'base64');
  const at = pick % bytes.length;
  bytes.writeUInt8(bytes.readUInt8(at) ^ flip, at);
  holder[member] = bytes.toString('base64');
  return Buffer.from(JSON.stringify(bundle));
}

test('no change of one byte of the payload or of the signature ever passes', () => {
  expect(passes(good)).toBe(true);
  fc.assert(
    fc.property(
      fc.constantFrom('payload' as const, 'sig' as const),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (member, pick, flip) => !passes(withByteChanged(member, pick, flip)),
    ),
    { numRuns: 4000 },
  );
});

test('a bundle with any one byte changed passes only if it is still the same bundle', () => {
  const original = JSON.parse(good.toString());
  fc.assert(
    fc.property(fc.nat({ max: good.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const bytes = Buffer.from(good);
      bytes.writeUInt8(bytes.readUInt8(at) ^ flip, at);
      if (passes(bytes)) expect(standardAlphabet(JSON.parse(bytes.toString()))).toEqual(original);
    }),
    { numRuns: 4000 },
  );
});

test('random bytes and random JSON never pass and never crash the verifier', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => !passes(bytes)),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), (json) => !passes(Buffer.from(json))),
    { numRuns: 2000 },
  );
});

test('a bundle with any of its parts replaced by random JSON never passes unless the part is unchanged', () => {
  const paths = pathsOf(JSON.parse(good.toString()));
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.jsonValue({ maxDepth: 3 }), (path, value) => {
      const bundle = JSON.parse(good.toString());
      const last = path.at(-1) as string;
      let holder = bundle;
      for (const name of path.slice(0, -1)) holder = holder[name];
      const before = JSON.stringify(holder[last]);
      holder[last] = value;
      if (passes(Buffer.from(JSON.stringify(bundle))))
        expect(isNothing(value) || JSON.stringify(value) === before).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

test('a hostile statement with a good signature never crashes the verifier, and passes only as it was', async () => {
  const cases = fc.sample(
    fc.tuple(fc.constantFrom(...pathsOf(statement)), fc.jsonValue({ maxDepth: 3 })),
    400,
  );
  for (const [path, value] of cases) {
    const edited = JSON.parse(JSON.stringify(statement));
    let holder = edited;
    for (const name of path.slice(0, -1)) holder = holder[name];
    holder[path.at(-1) as string] = value;
    const bundle = await signedJson(edited, signer);
    const result = verifyBundle({ bundleBytes: bundle, artifactSha256: artifact.digest.sha256, trust });
    if (result.verified)
      expect(result.statement.predicate).toMatchObject({ verdict: { kind: 'reproduced' } });
  }
});

/** DSSE allows both alphabets of base64: that one change of a byte is none of the value. */
function standardAlphabet(bundle: ReturnType<typeof JSON.parse>): unknown {
  const { dsseEnvelope } = bundle;
  dsseEnvelope.payload = dsseEnvelope.payload.replaceAll('-', '+').replaceAll('_', '/');
  for (const signature of dsseEnvelope.signatures)
    signature.sig = signature.sig.replaceAll('-', '+').replaceAll('_', '/');
  return bundle;
}

function isNothing(value: unknown): boolean {
  return value === '' || value === null || JSON.stringify(value) === '[]' || JSON.stringify(value) === '{}';
}

function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [
    [...path, name],
    ...pathsOf(member, [...path, name]),
  ]);
}
