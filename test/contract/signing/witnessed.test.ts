import { createHash, generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleFromJSON } from '@sigstore/bundle';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSigning } from '#services/signing/create-signing.ts';
import { createKeyFile } from '#services/signing/key-file.ts';
import { openSigning, type OpenedSigning } from '#services/signing/open-signing.ts';
import { openTrustedRoot } from '#services/signing/trusted-root.ts';
import { timeStampAuthority } from '#services/signing/witness/time-stamp-authority.ts';
import { freePort } from '#services/postgres/free-port.ts';
import { freshSigner, scratchFolder } from '#test/harness/attesting/signed.ts';
import type { Received, Reply } from '#test/harness/signing/answering-server.ts';
import { startWitnesses, type TestWitnesses } from '#test/harness/signing/witnesses.ts';

const statement = Buffer.from('{"_type":"https://in-toto.io/Statement/v1","secret":"a-private-package"}');

let witnesses: TestWitnesses;
beforeAll(async () => {
  witnesses = await startWitnesses();
});
afterAll(() => witnesses?.stop());
beforeEach(() => {
  witnesses.tsa.reset();
  witnesses.log.reset();
});

async function open(config: Partial<TestWitnesses['config']> = {}): Promise<OpenedSigning> {
  const path = join(await scratchFolder(), 'key.pem');
  await createKeyFile(path);
  return openSigning({ signer: { kind: 'key-file', path }, ...witnesses.config, ...config });
}

function materialOf(bytes: Uint8Array) {
  return bundleFromJSON(JSON.parse(Buffer.from(bytes).toString())).verificationMaterial;
}

/** What a witness really answers, changed by `change`. */
function tampered(server: TestWitnesses['tsa'], change: (body: Buffer) => Uint8Array | string) {
  return async (request: Received): Promise<Reply> => {
    const reply = await server.inEarnest(request);
    if (typeof reply === 'string') return reply;
    return { ...reply, body: change(Buffer.from(reply.body as string)) };
  };
}

function tamperedEntry(change: (entry: LogAnswer) => void) {
  return tampered(witnesses.log, (body) => {
    const entry = JSON.parse(body.toString()) as LogAnswer;
    change(entry);
    return JSON.stringify(entry);
  });
}

interface LogAnswer {
  logIndex: string;
  integratedTime: string;
  logId: { keyId: string };
  kindVersion: { kind: string; version: string };
  inclusionProof: { rootHash: string; hashes: string[]; treeSize: string; checkpoint: { envelope: string } };
  canonicalizedBody: string;
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

  test('20 at once are as good as one, each with an entry of its own', async () => {
    const signing = await open();
    const signed = await Promise.all(
      Array.from({ length: 20 }, () => signing.sign(statement, { log: true })),
    );
    const entries = signed.map(({ bytes }) => materialOf(bytes).tlogEntries[0]?.logIndex);
    expect(new Set(entries).size).toBe(20);
  });

  test('no call waits for another', async () => {
    const signing = await open();
    let release = (): void => undefined;
    const all = new Promise<void>((resolve) => {
      release = resolve;
    });
    // The log answers nobody until all have asked: were there a lock, none would ever be answered.
    witnesses.log.answer = async (request) => {
      if (witnesses.log.received.length === 20) release();
      await all;
      return witnesses.log.inEarnest(request);
    };
    await Promise.all(Array.from({ length: 20 }, () => signing.sign(statement, { log: true })));
    expect(witnesses.log.received).toHaveLength(20);
  });
});

describe('what is private', () => {
  test('never reaches the log, not by a single request, and is stamped all the same', async () => {
    const signing = await open();
    const { bytes, witnessed } = await signing.sign(statement, { log: false });
    expect(witnessed).toEqual({ log: false, timestamp: true });
    expect(witnesses.log.received).toEqual([]);
    expect(witnesses.tsa.received).toHaveLength(1);
    expect(materialOf(bytes).tlogEntries).toEqual([]);
  });

  test('is not in what the time-stamp authority is told: a digest of the signature and a number', async () => {
    const signing = await open();
    const { bytes } = await signing.sign(statement, { log: false });
    const sent = witnesses.tsa.received[0]?.body ?? Buffer.alloc(0);
    const signature = Buffer.from(
      JSON.parse(Buffer.from(bytes).toString()).dsseEnvelope.signatures[0].sig,
      'base64',
    );
    expect(sent.includes(createHash('sha256').update(signature).digest())).toBe(true);
    expect(sent.length).toBeLessThan(80);
  });

  test('a statement that is public reaches the log by its digest only', async () => {
    const signing = await open();
    await signing.sign(statement, { log: true });
    const [{ body } = { body: Buffer.alloc(0) }] = witnesses.log.received;
    const { hashedRekordRequestV002: sent } = JSON.parse(body.toString());
    expect(Object.keys(sent)).toEqual(['digest', 'signature']);
    expect(Object.keys(sent.signature)).toEqual(['content', 'verifier']);
    expect(Buffer.from(sent.digest, 'base64')).toHaveLength(32);
    expect(body.includes('private-package')).toBe(false);
    expect(body.includes(Buffer.from('private-package').toString('base64').slice(0, 16))).toBe(false);
  });
});

describe('a time-stamp authority whose answer cannot be accepted', () => {
  const answers: [string, () => (request: Received) => Promise<Reply> | Reply][] = [
    ['answers 500', () => () => ({ status: 500, body: 'internal' })],
    [
      'sends us elsewhere',
      () => () => ({ status: 302, body: '', headers: { location: 'http://127.0.0.1:1/' } }),
    ],
    ['answers nothing', () => () => ({ status: 200, body: '' })],
    ['answers text', () => () => ({ status: 200, body: 'granted' })],
    ['answers without end', () => () => ({ status: 200, body: Buffer.alloc(70_000, 0x30) })],
    [
      'stamps another digest',
      () => (request) => {
        const body = Buffer.from(request.body);
        body.writeUInt8(body.readUInt8(30) ^ 1, 30);
        return witnesses.tsa.inEarnest({ ...request, body });
      },
    ],
    [
      'repeats another number',
      () => (request) => {
        const body = Buffer.from(request.body);
        body.writeUInt8(body.readUInt8(body.length - 6) ^ 1, body.length - 6);
        return witnesses.tsa.inEarnest({ ...request, body });
      },
    ],
    [
      'signs with a key that breaks',
      () =>
        tampered(witnesses.tsa, (body) =>
          Buffer.concat([body.subarray(0, -1), Buffer.from([(body.at(-1) ?? 0) ^ 1])]),
        ),
    ],
  ];

  test.each(answers)('it %s: unavailable, and the log is told nothing', async (_, answer) => {
    const signing = await open();
    witnesses.tsa.answer = answer();
    const error = await signing.sign(statement, { log: true }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'AppError', code: 'unavailable' });
    expect(error).toHaveProperty('hint', expect.stringMatching(/ASSAY_/));
    expect(witnesses.tsa.received).toHaveLength(1);
    // Who stamped is seen with the whole bundle; whatever was stamped wrongly is seen before the log is asked.
    if (!(error as Error).message.includes('does not verify')) expect(witnesses.log.received).toEqual([]);
  });

  test('its clock is wrong: unavailable', async () => {
    const hourAhead = timeStampAuthority({
      url: witnesses.config.timestampUrl,
      now: () => Date.now() + 3_600_000,
    });
    const signed = {
      signature: Buffer.from('signature'),
      material: { kind: 'public-key' as const, hint: '', publicKeyPem: '' },
      paeSha256: Buffer.alloc(32),
    };
    await expect(hourAhead.testify(signed)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/its clock and ours are 36\d\d s apart/),
    });
  });

  test('is another one than the trusted root names: unavailable', async () => {
    const others = await startWitnesses();
    try {
      const signing = await open({ timestampUrl: others.config.timestampUrl });
      await expect(signing.sign(statement, { log: false })).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('does not verify against the trusted root'),
        hint: expect.stringContaining('ASSAY_TRUSTED_ROOT_FILE'),
      });
    } finally {
      await others.stop();
    }
  });
});

describe('a log whose answer cannot be accepted', () => {
  const answers: [string, () => (request: Received) => Promise<Reply> | Reply][] = [
    ['answers 500', () => () => ({ status: 500, body: '{}' })],
    ['answers 400', () => () => ({ status: 400, body: '{"message":"no such entry type"}' })],
    ['answers nothing', () => () => ({ status: 201, body: '' })],
    ['answers text', () => () => ({ status: 201, body: 'created' })],
    ['answers without end', () => () => ({ status: 201, body: Buffer.alloc(300_000, 0x20) })],
    [
      'gives an entry of somebody else',
      () =>
        tamperedEntry((entry) => {
          const body = JSON.parse(Buffer.from(entry.canonicalizedBody, 'base64').toString());
          body.spec.hashedRekordV002.data.digest = Buffer.alloc(32).toString('base64');
          entry.canonicalizedBody = Buffer.from(JSON.stringify(body)).toString('base64');
        }),
    ],
    [
      'gives an entry of another kind',
      () =>
        tamperedEntry((entry) => {
          entry.kindVersion.kind = 'dsse';
        }),
    ],
    [
      'states a time, which a log of this kind has not',
      () =>
        tamperedEntry((entry) => {
          entry.integratedTime = '1700000000';
        }),
    ],
    [
      'gives no checkpoint',
      () =>
        tamperedEntry((entry) => {
          entry.inclusionProof.checkpoint.envelope = '';
        }),
    ],
    [
      'proves another tree',
      () =>
        tamperedEntry((entry) => {
          entry.inclusionProof.rootHash = Buffer.alloc(32).toString('base64');
        }),
    ],
    [
      'proves with a hash too many',
      () =>
        tamperedEntry((entry) => {
          entry.inclusionProof.hashes.push(Buffer.alloc(32).toString('base64'));
        }),
    ],
    [
      'names another log',
      () =>
        tamperedEntry((entry) => {
          entry.logId.keyId = Buffer.alloc(32).toString('base64');
        }),
    ],
    [
      'signs another checkpoint',
      () =>
        tamperedEntry((entry) => {
          const { checkpoint, treeSize } = entry.inclusionProof;
          checkpoint.envelope = checkpoint.envelope.replace(`\n${treeSize}\n`, `\n${Number(treeSize) + 1}\n`);
        }),
    ],
  ];

  test.each(answers)('it %s: unavailable, and not tried again at once', async (_, answer) => {
    const signing = await open();
    witnesses.log.answer = answer();
    await expect(signing.sign(statement, { log: true })).rejects.toMatchObject({
      name: 'AppError',
      code: 'unavailable',
      hint: expect.stringMatching(/ASSAY_(REKOR_URL|TRUSTED_ROOT_FILE)/),
    });
    expect(witnesses.log.received).toHaveLength(1);
  });
});

describe('an answer that was lost on the way', () => {
  test('the log has the entry and gives no proof: the statement is signed again, with another signature', async () => {
    const signing = await open();
    let lost = 0;
    witnesses.log.answer = async (request) => {
      const reply = await witnesses.log.inEarnest(request);
      return lost++ === 0 ? 'broken' : reply;
    };
    const { bytes } = await signing.sign(statement, { log: true });
    expect(materialOf(bytes).tlogEntries).toHaveLength(1);
    const signatures = witnesses.log.received.map(
      ({ body }) => JSON.parse(body.toString()).hashedRekordRequestV002.signature.content,
    );
    expect(new Set(signatures).size).toBe(2);
    expect(JSON.parse(Buffer.from(bytes).toString()).dsseEnvelope.signatures[0].sig).toBe(signatures[1]);
  });

  test('a 409 is answered by another signature', async () => {
    const signing = await open();
    let asked = 0;
    witnesses.log.answer = async (request) => {
      if (asked++ === 0) await witnesses.log.inEarnest(request);
      return witnesses.log.inEarnest(request);
    };
    await signing.sign(statement, { log: true });
    expect(witnesses.log.received).toHaveLength(2);
  });

  test('after three times it is unavailable, and no more is asked', async () => {
    const signing = await open();
    witnesses.log.answer = () => 'broken';
    await expect(signing.sign(statement, { log: true })).rejects.toMatchObject({ code: 'unavailable' });
    expect(witnesses.log.received).toHaveLength(3);
  });

  test('who gives up while the log is silent is not kept waiting, and is told why', async () => {
    const signing = await open();
    const given = new AbortController();
    witnesses.log.answer = () => {
      given.abort(new Error('the lease is lost'));
      return 'hangs';
    };
    await expect(signing.sign(statement, { log: true }, given.signal)).rejects.toThrow('the lease is lost');
  });
});

describe('a witness that is down', () => {
  test.each([
    ['time-stamp authority', 'timestampUrl', 'ASSAY_TSA_URL'],
    ['transparency log', 'logUrl', 'ASSAY_REKOR_URL'],
  ])(
    'the %s: unavailable at once, named with its address and its variable',
    async (name, option, variable) => {
      const address = `127.0.0.1:${await freePort()}`;
      const signing = await open({ [option]: `http://${address}` });
      await expect(signing.sign(statement, { log: true })).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringMatching(
          new RegExp(`The ${name} at ${address} cannot be reached \\(ECONNREFUSED\\)`),
        ),
        hint: expect.stringContaining(variable),
      });
    },
  );
});

describe('the trusted root', () => {
  test.each([
    ['is not there', undefined],
    ['is not JSON', 'trust me'],
    ['is of another kind', '{"mediaType":"application/json"}'],
  ])('%s: refused at the start', async (_, content) => {
    const trustedRootFile = join(await scratchFolder(), 'root.json');
    if (content !== undefined) await writeFile(trustedRootFile, content);
    await expect(open({ trustedRootFile })).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('ASSAY_TRUSTED_ROOT_FILE'),
    });
  });

  test('a signer that changes its key unseen makes nothing that leaves', async () => {
    const [shown, used] = [await freshSigner(), await freshSigner()];
    const faultOf = await openTrustedRoot(witnesses.trustedRootFile, { key: shown, timestamps: false });
    const signing = createSigning({ signer: used, key: shown, faultOf });
    await expect(signing.sign(statement, { log: false })).rejects.toMatchObject({ code: 'unavailable' });
  });
});

test('a key that no witness knows is enough where none is configured', async () => {
  const path = join(await scratchFolder(), 'key.pem');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const signing = await openSigning({ signer: { kind: 'key-file', path } });
  expect(signing).toMatchObject({
    hasLog: false,
    keyIsNew: false,
    custody: { kind: 'key-file', mode: 0o600 },
  });
  const { witnessed } = await signing.sign(statement, { log: true });
  expect(witnessed).toEqual({ log: false, timestamp: false });
  expect([...witnesses.tsa.received, ...witnesses.log.received]).toEqual([]);
});
