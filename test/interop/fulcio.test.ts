import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStack, type Stack } from '#deploy/sigstore/stack.ts';
import { fulcioSigner } from '#services/signing/keyless/fulcio-signer.ts';
import { tokenFile } from '#services/signing/keyless/identity-token.ts';
import type { Signer } from '#services/signing/signer.ts';
import { describeSigner } from '#test/contract/signing/describe-signer.ts';

const subject = 'https://rebuilder.example/embedded/v1';
let folder: string;
let stack: Stack;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-fulcio-'));
  stack = await startStack({ folder: join(folder, 'stack'), log: () => undefined });
});
afterAll(async () => {
  await stack?.close();
  await rm(folder, { recursive: true, force: true });
});

async function keyless(claims: Record<string, unknown> = {}, audience?: string): Promise<Signer> {
  const path = join(folder, 'token');
  const token = await stack.token({ subject, claims, ...(audience !== undefined && { audience }) });
  await writeFile(path, token, { mode: 0o600 });
  return fulcioSigner({ url: stack.fulcioUrl, identity: tokenFile(path), now: () => Date.now() });
}

describeSigner('keyless, on a real Fulcio', () => keyless(), 10);

async function certificateOf(signer: Signer): Promise<X509Certificate> {
  const { material } = await signer.sign(Buffer.from('x'));
  if (material.kind !== 'certificate') throw new TypeError('a certificate was expected');
  return new X509Certificate(material.certificate);
}

describe('keyless, on a real Fulcio', () => {
  test('is certified as the builder that the token names, for ten minutes', async () => {
    const { subjectAltName, validFromDate, validToDate } = await certificateOf(await keyless());
    expect(subjectAltName).toBe(`URI:${subject}`);
    expect(validToDate.getTime() - validFromDate.getTime()).toBe(600_000);
  });

  test('has a certificate with the claims of the token in the extensions of Sigstore', async () => {
    const { raw } = await certificateOf(await keyless({ runner_environment: 'on-its-own-machine' }));
    expect(raw.includes('on-its-own-machine')).toBe(true);
    expect(raw.includes(stack.issuerUrl)).toBe(true);
  });

  test('gets nothing for a token that was made for somebody else, and says nothing of the token', async () => {
    const signer = await keyless({}, 'another-service');
    const error: unknown = await signer.sign(Buffer.from('x')).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'unavailable' });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('eyJ');
  });
});
