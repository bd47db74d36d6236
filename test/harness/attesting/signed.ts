import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { encodeStatement } from '#core/statement/encode.ts';
import { createKeyFile, keyFileSigner } from '#services/signing/key-file.ts';
import { signStatement } from '#services/signing/sign-statement.ts';
import { canaries, signerIdentity } from '#test/harness/samples/place.ts';
import type { SignerPlace } from '#workers/attest/own-facts.ts';
import type { Signer } from '#services/signing/signer.ts';

/** A folder that is gone after the test (or, outside of one, when the caller removes it). */
export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A signer with a fresh key file. */
export async function freshSigner(): Promise<Awaited<ReturnType<typeof keyFileSigner>>> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-test-key-'));
  try {
    await createKeyFile(join(folder, 'key.pem'));
    return await keyFileSigner(join(folder, 'key.pem'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Where an attester with this key file runs: as the file's owner, with the samples' canaries laid out. */
export function placeOf({ hint, status }: Awaited<ReturnType<typeof freshSigner>>): SignerPlace {
  const custody = { kind: 'key-file', path: '/key.pem', ...status } as const;
  return { hint, uid: status.uid, custody, identity: signerIdentity, canaries };
}

/** A statement held against its schema and signed, as the attester does it. */
export async function signed(
  statement: Parameters<typeof encodeStatement>[0],
  signer: Signer,
): Promise<Buffer> {
  const encoded = encodeStatement(statement);
  if (!encoded.ok) throw new Error(encoded.fault);
  return Buffer.from((await signStatement(encoded.bytes, signer)).bytes);
}

/** Any JSON signed as a statement: what a signer that we trust never makes, but that a verifier must bear. */
export async function signedJson(payload: unknown, signer: Signer): Promise<Buffer> {
  const bytes = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return Buffer.from((await signStatement(Buffer.from(bytes), signer)).bytes);
}
