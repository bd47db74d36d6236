import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStack, type Stack, type StackServiceName } from '#deploy/sigstore/stack.ts';
import type { SignerConfig } from '#services/config/signing.ts';
import { fulcioSigner } from '#services/signing/keyless/fulcio-signer.ts';
import { tokenEndpoint } from '#services/signing/keyless/identity-token.ts';
import { openSigning, type OpenedSigning } from '#services/signing/open-signing.ts';
import { AnsweringServer, type Received, type Reply } from '#test/harness/signing/answering-server.ts';
import { makeToken, type TestToken } from '#test/harness/signing/token.ts';
import { parseBundle } from '#verify/bundle.ts';
import { verifySignature, type SignatureVerdict } from '#verify/sigstore/verify-signature.ts';
import { trustMaterial } from '#verify/trust.ts';

/** Signing on a real Fulcio, a real time-stamp authority and a real Rekor v2. */
const builder = 'https://rebuilder.example/attest';
const statement = Buffer.from('{"_type":"https://in-toto.io/Statement/v1"}');
const now = (): number => Date.now();

let stack: Stack;
let token: TestToken;
let folder: string;
let identityFile: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-signing-'));
  stack = await startStack({ folder: join(folder, 'stack'), log: () => undefined });
  token = await makeToken();
  identityFile = join(folder, 'token');
  await writeFile(identityFile, await stack.token({ subject: builder }), { mode: 0o600 });
});
afterAll(async () => {
  await stack?.close();
  await token?.remove();
  await rm(folder, { recursive: true, force: true });
});

const keyless = (): SignerConfig => ({
  kind: 'keyless',
  fulcioUrl: stack.fulcioUrl,
  identity: { tokenFile: identityFile },
});
const keyFile = (): SignerConfig => ({ kind: 'key-file', path: join(folder, 'key.pem') });

function open(signer: SignerConfig, change: { logUrl?: string } = {}): Promise<OpenedSigning> {
  const { tsaQueryUrl: timestampUrl, rekorUrl: logUrl, trustedRootFile } = stack;
  return openSigning({ signer, timestampUrl, logUrl, trustedRootFile, ...change });
}

/** By the verifier that everybody has, and the trusted root alone. */
function verified(bytes: Uint8Array, signing: OpenedSigning, log = true): SignatureVerdict {
  const bundle = parseBundle(JSON.parse(Buffer.from(bytes).toString()));
  if ('fault' in bundle) throw new Error(bundle.fault);
  const trust = trustMaterial({
    keys: signing.key ? [{ publicKeyPem: signing.key.publicKeyPem }] : [],
    trustedRootJson: JSON.stringify(stack.trustedRoot),
    thresholds: { timestamps: 1, logEntries: log ? 1 : 0 },
  });
  return verifySignature(bundle, trust);
}

function bodyOf(bytes: Uint8Array) {
  return JSON.parse(Buffer.from(bytes).toString());
}

describe.each([
  ['a key file', keyFile],
  ['a PKCS #11 token', (): SignerConfig => ({ kind: 'pkcs11', ...token.config })],
  ['Fulcio', keyless],
])('signing by %s', (_, config) => {
  test('is stamped and logged, and verifies against the trusted root alone', async () => {
    const signing = await open(config());
    const { bytes, witnessed } = await signing.sign(statement, { log: true });
    expect(witnessed).toEqual({ log: true, timestamp: true });
    expect(verified(bytes, signing)).toMatchObject({ ok: true, logEntries: 1 });
  });

  test('20 at once each verify, and no two have one signature', async () => {
    const signing = await open(config());
    const signed = await Promise.all(
      Array.from({ length: 20 }, () => signing.sign(statement, { log: true })),
    );
    for (const { bytes } of signed) expect(verified(bytes, signing)).toMatchObject({ ok: true });
    expect(new Set(signed.map(({ bytes }) => bodyOf(bytes).dsseEnvelope.signatures[0].sig)).size).toBe(20);
  });

  test('where the log may not be told, verifies by its time stamp, and the log gets no request', async () => {
    const { log, recorder } = await recorded();
    try {
      const signing = await open(config(), { logUrl: log });
      const { bytes, witnessed } = await signing.sign(statement, { log: false });
      expect(witnessed).toEqual({ log: false, timestamp: true });
      expect(verified(bytes, signing, false)).toMatchObject({ ok: true, logEntries: 0 });
      expect(recorder.received).toEqual([]);
    } finally {
      await recorder.stop();
    }
  });
});

describe('without a key of its own', () => {
  test('the certificate names the machine and who says so, and there is no key to make known', async () => {
    const signing = await open(keyless());
    expect(signing.key).toBeUndefined();
    expect(signing.custody).toEqual({
      kind: 'keyless',
      authorityUrl: stack.fulcioUrl,
      tokenSource: identityFile,
    });
    const { bytes, keyHint } = await signing.sign(statement, { log: true });
    expect(keyHint).toBeUndefined();
    expect(verified(bytes, signing)).toMatchObject({
      signer: { kind: 'certificate', subjectAlternativeName: builder, issuer: stack.issuerUrl },
    });
  });

  test('no two signatures have one key', async () => {
    const signing = await open(keyless());
    const signed = [
      await signing.sign(statement, { log: false }),
      await signing.sign(statement, { log: false }),
    ];
    const keys = signed.map(({ bytes }) => {
      const { rawBytes } = bodyOf(bytes).verificationMaterial.certificate;
      return new X509Certificate(Buffer.from(rawBytes, 'base64')).publicKey.export({
        type: 'spki',
        format: 'pem',
      });
    });
    expect(new Set(keys).size).toBe(2);
  });

  test('a token that the platform renews is read again each time', async () => {
    const path = join(folder, 'renewed');
    await writeFile(path, await stack.token({ subject: builder }));
    const signing = await open({ ...keyless(), identity: { tokenFile: path } } as SignerConfig);
    await signing.sign(statement, { log: false });
    await writeFile(path, await stack.token({ subject: 'https://rebuilder.example/other' }));
    const { bytes } = await signing.sign(statement, { log: false });
    expect(verified(bytes, signing, false)).toMatchObject({
      signer: { subjectAlternativeName: 'https://rebuilder.example/other' },
    });
  });

  test('the token can come from an endpoint, as in GitHub Actions', async () => {
    const endpoint = await AnsweringServer.start(async ({ path, headers }) => {
      const { searchParams } = new URL(path, 'http://localhost');
      if (headers.authorization !== 'Bearer platform') return { status: 401, body: '{}' };
      const audience = searchParams.get('audience') ?? '';
      return {
        status: 200,
        body: JSON.stringify({ value: await stack.token({ subject: builder, audience }) }),
      };
    });
    try {
      const url = `${endpoint.url}/token?job=7`;
      const identity = tokenEndpoint({ url, bearer: 'platform', audience: 'sigstore' });
      const signer = fulcioSigner({ url: stack.fulcioUrl, identity, now });
      expect((await signer.sign(statement)).material.kind).toBe('certificate');
      expect(endpoint.received[0]?.path).toBe('/token?job=7&audience=sigstore');
    } finally {
      await endpoint.stop();
    }
  });

  test.each([
    ['for another audience', { audience: 'elsewhere' }],
    ['that has expired', { claims: { exp: 1_000_000_000 } }],
    ['of an issuer that Fulcio does not know', { claims: { iss: 'https://issuer.example' } }],
  ])('a token %s gives no certificate, and is not in the error', async (_, change) => {
    const secret = await stack.token({ subject: builder, ...change });
    const path = join(folder, 'refused');
    await writeFile(path, secret);
    const signing = await open({ ...keyless(), identity: { tokenFile: path } } as SignerConfig);
    const error = await signing.sign(statement, { log: true }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'AppError', code: 'unavailable' });
    const told = JSON.stringify(error, Object.getOwnPropertyNames(error));
    for (const part of secret.split('.')) expect(told).not.toContain(part);
  });
});

describe('what the real log says of an entry that it has', () => {
  test('is a 409 without a proof, and the statement is signed again', async () => {
    let first = true;
    const { log, recorder } = await recorded(async (request, forward) => {
      if (first) await forward(request);
      first = false;
      return forward(request);
    });
    try {
      const signing = await open(keyFile(), { logUrl: log });
      const { bytes } = await signing.sign(statement, { log: true });
      expect(verified(bytes, signing)).toMatchObject({ ok: true, logEntries: 1 });
      expect(recorder.received).toHaveLength(2);
    } finally {
      await recorder.stop();
    }
  });
});

describe.each<[StackServiceName, () => SignerConfig, string]>([
  ['fulcio', keyless, 'certificate authority'],
  ['tsa', keyFile, 'time-stamp authority'],
  ['rekor', keyFile, 'transparency log'],
])('while %s is down', (service, config, name) => {
  test('nothing is signed by halves; when it is back, the same process signs again', async () => {
    const signing = await open(config());
    await stack.service(service).kill();
    try {
      await expect(signing.sign(statement, { log: true })).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining(name),
      });
    } finally {
      await stack.service(service).start();
    }
    const { bytes } = await signing.sign(statement, { log: true });
    expect(verified(bytes, signing)).toMatchObject({ ok: true });
  });
});

/** A server in front of the real log that remembers each request; `between` may ask it as often as it likes. */
async function recorded(
  between: (request: Received, forward: (request: Received) => Promise<Reply>) => Promise<Reply> = (
    request,
    forward,
  ) => forward(request),
): Promise<{ log: string; recorder: AnsweringServer }> {
  const forward = async ({ method, path, body }: Received): Promise<Reply> => {
    const response = await fetch(`${stack.rekorUrl}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body.toString(),
    });
    return { status: response.status, body: await response.text() };
  };
  const recorder = await AnsweringServer.start((request) => between(request, forward));
  return { log: recorder.url, recorder };
}
