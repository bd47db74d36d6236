import { execFile } from 'node:child_process';
import { chmod, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect, promisify } from 'node:util';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { asAppError } from '#core/errors/app-error.ts';
import type { SignerConfig } from '#services/config/signing.ts';
import { openSigning } from '#services/signing/open-signing.ts';
import { signDigest } from '#services/signing/pkcs11/pkcs11-tool.ts';
import { scratchFolder } from '#test/harness/attesting/signed.ts';
import { IssuerServer } from '#test/harness/oidc/issuer-server.ts';
import { AnsweringServer, type Received, type Reply } from '#test/harness/signing/answering-server.ts';
import { makeToken, type TestToken } from '#test/harness/signing/token.ts';

/**
 * Tokens, PINs, keys and cloud secrets never reach a message, a hint, a cause, a stack or a log line: whatever fails,
 * and whatever the server on the other side says. The server here repeats all that it was sent.
 */
const statement = Buffer.from('{"_type":"https://in-toto.io/Statement/v1"}');
const cloudSecret = 'wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY';
const bearer = 'opaque-bearer-of-the-platform-0123456789';

let hostile: AnsweringServer;
let issuer: IssuerServer;
let token: TestToken;
beforeAll(async () => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: cloudSecret,
    AWS_REGION: 'us-east-1',
  });
  hostile = await AnsweringServer.start(async () => ({ status: 200, body: '{}' }));
  issuer = await IssuerServer.start();
  token = await makeToken();
});
afterAll(async () => {
  await hostile?.stop();
  await issuer?.[Symbol.asyncDispose]();
  await token?.remove();
});
beforeEach(() => hostile.reset());

/** Everything of an error that anybody could see, by every way to print it. */
function allOf(error: unknown): string {
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => lines.push(line) });
  log.error({ err: error, error }, 'it failed');
  log.error(error);
  const { message, hint, stack, cause } = asAppError(error);
  return [
    ...lines,
    message,
    hint,
    stack,
    String(cause),
    inspect(error, { depth: 20, showHidden: true }),
  ].join('\n');
}

/** Whole, in pieces that give it away, or in another coding. */
function expectNothingOf(secret: string, error: unknown): void {
  const told = allOf(error);
  for (const form of [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('hex'),
  ])
    expect(told).not.toContain(form);
  for (const part of secret.split('.').filter(({ length }) => length > 12)) expect(told).not.toContain(part);
}

async function failure(signer: SignerConfig): Promise<unknown> {
  try {
    const signing = await openSigning({ signer });
    await signing.sign(statement, { log: false });
  } catch (error) {
    return error;
  }
  throw new Error('it signed');
}

/** Answers that repeat all that was sent, and others that fail in other ways. */
const answers: [string, (request: Received) => Reply][] = [
  ['repeats all with status 500', (request) => ({ status: 500, body: repeated(request) })],
  ['repeats all with status 401', (request) => ({ status: 401, body: repeated(request) })],
  ['repeats all with status 400', (request) => ({ status: 400, body: `{"message":${repeated(request)}}` })],
  ['repeats all where an answer belongs', (request) => ({ status: 200, body: repeated(request) })],
  [
    'repeats all in a header that cannot be',
    (request) => ({
      status: 302,
      body: '',
      headers: { location: `http://[${encodeURIComponent(repeated(request))}` },
    }),
  ],
  ['breaks off', () => 'broken'],
];

function repeated(request: Received): string {
  return JSON.stringify({ ...request, body: request.body.toString(), __type: request.body.toString() });
}

describe('the identity token of a machine', () => {
  test.each(answers)('is in no error where Fulcio %s', async (_, answer) => {
    const tokenFile = join(await scratchFolder(), 'token');
    const secret = await issuer.token(Date.now(), { aud: 'sigstore' });
    await writeFile(tokenFile, secret, { mode: 0o600 });
    hostile.answer = answer;
    const error = await failure({ kind: 'keyless', fulcioUrl: hostile.url, identity: { tokenFile } });
    expect(hostile.received[0]?.body.toString()).toContain(secret);
    expect(error).toMatchObject({ code: 'unavailable' });
    expectNothingOf(secret, error);
  });

  test.each([
    ['is no JWT', 'secret-that-is-not-a-token-0123456789'],
    [
      'has a payload that is no JSON',
      `eyJhbGciOiJub25lIn0.${Buffer.from('{"sub":"my-secret-subject').toString('base64url')}.c2lnbmF0dXJl`,
    ],
    [
      'has no subject',
      `eyJhbGciOiJub25lIn0.${Buffer.from('{"exp":99999999999,"x":"my-secret"}').toString('base64url')}.c2lnbmF0dXJl`,
    ],
    [
      'has expired',
      `eyJhbGciOiJub25lIn0.${Buffer.from('{"exp":1,"sub":"my-secret-subject"}').toString('base64url')}.c2lnbmF0dXJl`,
    ],
  ])('that %s is in no error', async (_, secret) => {
    const tokenFile = join(await scratchFolder(), 'token');
    await writeFile(tokenFile, secret, { mode: 0o600 });
    const error = await failure({ kind: 'keyless', fulcioUrl: hostile.url, identity: { tokenFile } });
    expect(error).toMatchObject({
      code: 'unavailable',
      hint: expect.stringContaining('ASSAY_OIDC_TOKEN_FILE'),
    });
    expect(hostile.received).toEqual([]);
    expectNothingOf(secret, error);
    expect(allOf(error)).not.toContain('my-secret');
  });

  test.each(answers)(
    'and the bearer that it is asked for with are in no error where the endpoint %s',
    async (_, answer) => {
      hostile.answer = answer;
      const identity = { url: `${hostile.url}/token?job=1`, bearer, audience: 'sigstore' };
      const error = await failure({ kind: 'keyless', fulcioUrl: hostile.url, identity });
      expect(hostile.received[0]?.headers.authorization).toBe(`Bearer ${bearer}`);
      expect(error).toMatchObject({ code: 'unavailable' });
      expectNothingOf(bearer, error);
    },
  );
});

describe('the secret of a cloud account', () => {
  test.each(answers)('is in no error where the key-management service %s', async (_, answer) => {
    hostile.answer = answer;
    const error = await failure({ kind: 'kms', keyId: 'alias/assay', endpoint: hostile.url });
    expect(hostile.received[0]?.headers.authorization).toContain('Credential=id/');
    expectNothingOf(cloudSecret, error);
    // Nor the signature of the request, with which it could be sent again.
    expectNothingOf(
      /Signature=([0-9a-f]{64})/.exec(hostile.received[0]?.headers.authorization ?? '')?.[1] ?? '?',
      error,
    );
  });
});

describe('the PIN of a token', () => {
  test.each([
    ['is wrong', 'another-pin-0123456789', (config: TestToken['config']) => config],
    [
      'is right and the key is not there',
      '',
      (config: TestToken['config']) => ({ ...config, key: { ...config.key, object: 'absent' } }),
    ],
    [
      'is right and the token is not there',
      '',
      (config: TestToken['config']) => ({ ...config, key: { ...config.key, token: 'absent' } }),
    ],
    [
      'is right and the module is none',
      '',
      (config: TestToken['config']) => ({ ...config, module: { ...config.module, path: '/etc/hostname' } }),
    ],
  ])('is in no error where it %s', async (_, wrong, change) => {
    const pinFile = join(await scratchFolder(), 'pin');
    const pin = wrong === '' ? token.pin : wrong;
    await writeFile(pinFile, `${pin}\n`, { mode: 0o600 });
    const error = await failure({ kind: 'pkcs11', ...change({ ...token.config, pinFile }) });
    expect(error).toMatchObject({ code: expect.stringMatching(/^(usage|unavailable)$/) });
    expectNothingOf(pin, error);
  });

  test('is in no error where others could read it', async () => {
    const pinFile = join(await scratchFolder(), 'pin');
    await writeFile(pinFile, token.pin, { mode: 0o600 });
    await chmod(pinFile, 0o644);
    const error = await failure({ kind: 'pkcs11', ...token.config, pinFile });
    expect(error).toMatchObject({ code: 'usage', hint: expect.stringContaining('chmod 600') });
    expectNothingOf(token.pin, error);
  });

  test('is no argument of any program', async () => {
    const pipe = join(await scratchFolder(), 'module.so');
    await promisify(execFile)('mkfifo', [pipe]);
    const { module } = token.config;
    const key = { token: 'assay', idHex: '01' };
    const signing = signDigest({ ...module, path: pipe }, key, { pin: token.pin, digest: Buffer.alloc(32) });
    const refused = expect(signing).rejects.toMatchObject({ code: 'unavailable' });
    // Opens once the program has opened it to load it as its module; until this is closed it waits.
    const writer = await open(pipe, 'w');
    const started = await commandsNaming(pipe);
    await writer.close();
    await refused;
    expect(started).toHaveLength(1);
    expect(started[0]).toContain('--pin=env:ASSAY_PKCS11_PIN');
    expect(started[0]).not.toContain(token.pin);
  });
});

/** Command lines of running programs that name `path`, as any user of the machine can read them. */
async function commandsNaming(path: string): Promise<string[]> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // A process may end while they are read.
  const commands = processes.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''));
  return (await Promise.all(commands)).filter((command) => command.includes(path));
}

test('what was there at the start and is gone is unavailable, whatever it was: the statement is signed later', async () => {
  const pinFile = join(await scratchFolder(), 'pin');
  await writeFile(pinFile, token.pin, { mode: 0o600 });
  const signing = await openSigning({ signer: { kind: 'pkcs11', ...token.config, pinFile } });
  const unavailable = { code: 'unavailable', hint: expect.stringMatching(/\w/) };
  await chmod(pinFile, 0o644);
  await expect(signing.sign(statement, { log: false })).rejects.toMatchObject(unavailable);
  await rm(pinFile);
  await expect(signing.sign(statement, { log: false })).rejects.toMatchObject(unavailable);
  await writeFile(pinFile, 'wrong', { mode: 0o600 });
  await expect(signing.sign(statement, { log: false })).rejects.toMatchObject(unavailable);
  await writeFile(pinFile, token.pin);
  expect((await signing.sign(statement, { log: false })).keyHint).toBe(signing.key?.hint);
});

test('a key file that cannot be used is in no error', async () => {
  const path = join(await scratchFolder(), 'key.pem');
  const secret = 'c2VjcmV0c2VjcmV0c2VjcmV0';
  await writeFile(path, `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----\n`, {
    mode: 0o600,
  });
  expectNothingOf(secret, await failure({ kind: 'key-file', path }));
});
