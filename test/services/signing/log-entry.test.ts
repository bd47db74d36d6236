import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readLogEntry, type Logged } from '#services/signing/witness/log-entry.ts';

const logged: Logged = {
  digest: Buffer.alloc(32, 1).toString('base64'),
  signature: Buffer.alloc(70, 2).toString('base64'),
  verifier: {
    publicKey: { rawBytes: Buffer.alloc(91, 3).toString('base64') },
    keyDetails: 'PKIX_ECDSA_P256_SHA_256',
  },
};

const body = {
  apiVersion: '0.0.2',
  kind: 'hashedrekord',
  spec: {
    hashedRekordV002: {
      data: { algorithm: 'SHA2_256', digest: logged.digest },
      signature: { content: logged.signature, verifier: logged.verifier },
    },
  },
};

function answer(change: (entry: Record<string, unknown>) => unknown = (entry) => entry): Buffer {
  const hash = Buffer.alloc(32, 4).toString('base64');
  const entry = {
    logIndex: '7',
    logId: { keyId: hash },
    kindVersion: { kind: 'hashedrekord', version: '0.0.2' },
    integratedTime: '0',
    inclusionPromise: null,
    inclusionProof: {
      logIndex: '7',
      rootHash: hash,
      treeSize: '9',
      hashes: [hash],
      checkpoint: { envelope: 'note' },
    },
    canonicalizedBody: Buffer.from(JSON.stringify(body)).toString('base64'),
  };
  return Buffer.from(JSON.stringify(change(entry)));
}

describe("a log's answer", () => {
  test('is kept as the bundle has it: nothing that the log adds of its own', () => {
    const entry = readLogEntry(
      answer((given) => ({ ...given, extra: 'of the log' })),
      logged,
    );
    expect(Object.keys(entry).toSorted()).toEqual([
      'canonicalizedBody',
      'inclusionProof',
      'integratedTime',
      'kindVersion',
      'logId',
      'logIndex',
    ]);
  });

  test('is of just what was sent: of another digest, signature or key it is refused', () => {
    for (const other of [
      { ...logged, digest: Buffer.alloc(32).toString('base64') },
      { ...logged, signature: Buffer.alloc(70).toString('base64') },
      { ...logged, verifier: { ...logged.verifier, publicKey: { rawBytes: 'AAAA' } } },
    ])
      expect(readLogEntry(answer(), other)).toEqual({ fault: 'it is of something else' });
  });

  test('whatever it is, is an entry as specified or a fault, and never an exception', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
          fc.json().map((text) => Buffer.from(text)),
          fc
            .tuple(fc.constantFrom(...Object.keys(JSON.parse(answer().toString()))), fc.jsonValue())
            .map(([name, value]) => answer((entry) => ({ ...entry, [name]: value }))),
        ),
        (bytes) => {
          const read = readLogEntry(bytes, logged);
          if ('fault' in read) expect(read.fault).toMatch(/\w/);
          else expect(JSON.parse(Buffer.from(read.canonicalizedBody, 'base64').toString())).toEqual(body);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
