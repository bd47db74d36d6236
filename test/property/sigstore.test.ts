import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import {
  certificateSigner,
  keySigner,
  testBundle,
  testSigstore,
  trustedRootOf,
  type EntryType,
  type TestBundle,
} from '#test/harness/sigstore/test-sigstore.ts';
import { accepts, ours, reference } from '#test/harness/sigstore/verify-both.ts';
import { MalformedDer, readWholeDer } from '#verify/sigstore/der.ts';
import { trustMaterial } from '#verify/trust.ts';

// Thousands of verifications each, on a machine that may be busy.
vi.setConfig({ testTimeout: 300_000 });

const world = testSigstore();
const root = trustedRootOf(world);
const key = keySigner();
const trustedRootJson = JSON.stringify(root);
const types: EntryType[] = [
  'hashedrekord 0.0.1',
  'dsse 0.0.1',
  'intoto 0.0.2',
  'hashedrekord 0.0.2',
  'dsse 0.0.2',
];
const signers = [key, certificateSigner(world)];
const bundles = signers.flatMap((signer) =>
  types.map((type) => testBundle(world, signer, { entries: [type] })),
);

/** The same trust twice: ours, and the reference implementation's. */
const trusts = [
  { timestamps: 0, logEntries: 0 },
  { timestamps: 1, logEntries: 1 },
].map((thresholds) => ({
  trust: trustMaterial({ keys: [key], trustedRootJson, thresholds }),
  library: reference({ root, keys: { [key.hint]: key.der }, thresholds: { ...thresholds, scts: 0 } }),
}));

function agrees(bundle: TestBundle): void {
  for (const { trust, library } of trusts)
    if (ours(bundle, trust).ok && !accepts(() => library(bundle)))
      expect.fail(`we accept what the reference refuses: ${JSON.stringify(bundle)}`);
}

const paths = (value: unknown, path: string[] = []): string[][] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([name, member]) => [[...path, name], ...paths(member, [...path, name])]);

const bundle = fc.constantFrom(...bundles);
const pick = fc.nat();

/** The bundle with the member at one of its paths edited. */
function edited(original: TestBundle, at: number, edit: (value: unknown) => unknown): TestBundle {
  const copy = structuredClone(original);
  const all = paths(copy);
  const path = all[at % all.length] ?? [];
  let holder = copy;
  for (const name of path.slice(0, -1)) holder = holder[name];
  const last = path.at(-1) ?? '';
  const value = edit(holder[last]);
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return copy;
}

const flipByte = (value: unknown, at: number, flip: number): unknown => {
  if (typeof value !== 'string' || value === '') return value;
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length === 0 || bytes.toString('base64') !== value) return value.slice(0, -1);
  bytes.writeUInt8(bytes.readUInt8(at % bytes.length) ^ flip, at % bytes.length);
  return bytes.toString('base64');
};

test('the bundles that the properties start from are good ones, to us and to the reference', () => {
  for (const one of bundles)
    for (const { trust, library } of trusts) {
      expect(ours(one, trust)).toMatchObject({ ok: true });
      expect(accepts(() => library(one))).toBe(true);
    }
});

test('whatever byte is changed, we accept nothing that the reference refuses', () => {
  fc.assert(
    fc.property(bundle, pick, pick, fc.integer({ min: 1, max: 255 }), (original, at, byte, flip) =>
      agrees(edited(original, at, (value) => flipByte(value, byte, flip))),
    ),
    { numRuns: 1500 },
  );
});

test('whatever member is left out, replaced or taken from another bundle, we accept nothing that the reference refuses', () => {
  fc.assert(
    fc.property(
      bundle,
      bundle,
      pick,
      fc.jsonValue({ maxDepth: 2 }),
      fc.nat(2),
      (original, other, at, json, way) => {
        const all = paths(original);
        let theirs: unknown = other;
        for (const name of all[at % all.length] ?? [])
          theirs = typeof theirs === 'object' && theirs !== null ? Reflect.get(theirs, name) : undefined;
        agrees(edited(original, at, () => [undefined, json, theirs][way]));
      },
    ),
    { numRuns: 1500 },
  );
});

test('whatever bytes there are, reading DER gives an element or a refusal, and no element is longer than they are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        expect(readWholeDer(Buffer.from(bytes)).whole.length).toBe(bytes.length);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedDer);
      }
    }),
    { numRuns: 5000 },
  );
});

test('DER that nests without end is refused', () => {
  let nested = Buffer.alloc(0);
  for (let depth = 0; depth < 60; depth += 1)
    nested = Buffer.concat([Buffer.of(0x30, 0x82, nested.length >> 8, nested.length & 0xff), nested]);
  expect(() => readWholeDer(nested)).toThrow(MalformedDer);
});
