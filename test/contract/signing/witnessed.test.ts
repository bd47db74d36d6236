import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bundleFromJSON } from '@sigstore/bundle';
import { createKeyFile } from '#services/signing/key-file.ts';
import { openSigning, type OpenedSigning } from '#services/signing/open-signing.ts';
import { scratchFolder } from '#test/harness/attesting/signed.ts';
import { startWitnesses, type TestWitnesses } from '#test/harness/signing/witnesses.ts';
import { join } from 'node:path';

const statement = Buffer.from(
  '{"_type":"https://in-toto.io/Statement/v1","secret":"name-of-a-private-package"}',
);

let witnesses: TestWitnesses;
beforeAll(async () => {
  witnesses = await startWitnesses();
});
afterAll(() => witnesses?.stop());
beforeEach(() => {
  witnesses.tsa.reset();
  witnesses.log.reset();
});

async function open(): Promise<OpenedSigning> {
  const path = join(await scratchFolder(), 'key.pem');
  await createKeyFile(path);
  return openSigning({ signer: { kind: 'key-file', path }, ...witnesses.config });
}

function materialOf(bytes: Uint8Array) {
  return bundleFromJSON(JSON.parse(Buffer.from(bytes).toString())).verificationMaterial;
}

describe('a signature in front of both witnesses', () => {
  test('is in a bundle with one time stamp and one log entry, which verifies against the trusted root', async () => {
    const signing = await open();
    expect(signing.hasLog).toBe(true);
    const { bytes, witnessed, keyHint } = await signing.sign(statement, { log: true });
    expect(witnessed).toEqual({ log: true, timestamp: true });
    expect(keyHint).toBe(signing.key?.hint);
    const { tlogEntries, timestampVerificationData } = materialOf(bytes);
    expect(tlogEntries).toHaveLength(1);
    expect(timestampVerificationData?.rfc3161Timestamps).toHaveLength(1);
  });

  test('20 at once are as good as one, each with entries of its own', async () => {
    const signing = await open();
    const signed = await Promise.all(
      Array.from({ length: 20 }, () => signing.sign(statement, { log: true })),
    );
    const entries = signed.map(({ bytes }) => materialOf(bytes).tlogEntries[0]?.logIndex);
    expect(new Set(entries).size).toBe(20);
  });
});
