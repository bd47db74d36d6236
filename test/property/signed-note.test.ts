import { createHash, createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCheckpoint } from '#verify/sigstore/checkpoint.ts';
import { isSignedBy, usable } from '#verify/sigstore/public-key.ts';
import { parseSignedNote } from '#verify/sigstore/signed-note.ts';

const text =
  'If you think cryptography is the answer to your problem,\nthen you don\u2019t know what your problem is.\n'.replace(
    '\u2019',
    "'",
  );

/** Notes and keys that Go's sumdb/note and C2SP's signed-note publish. */
const published = [
  {
    name: 'PeterNeumann',
    verifier: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
    text,
    line: 'PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=',
  },
  {
    name: 'EnochRoot',
    verifier: 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop',
    text,
    line: 'EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=',
  },
];

function ed25519(verifier: string) {
  const [name = '', id = '', ...encoded] = verifier.split('+');
  const typeAndKey = Buffer.from(encoded.join('+'), 'base64');
  const prefix = Buffer.from('302a300506032b6570032100', 'hex');
  const der = Buffer.concat([prefix, typeAndKey.subarray(1)]);
  const computed = createHash('sha256').update(`${name}\n`).update(typeAndKey).digest('hex').slice(0, 8);
  expect(computed).toBe(id);
  return { id, key: usable(createPublicKey({ key: der, format: 'der', type: 'spki' })) };
}

describe('the published notes', () => {
  test.each(published)(
    'of $name parse, and their key signed them',
    ({ name, verifier, text: said, line }) => {
      const note = parseSignedNote(`${said}\n\u2014 ${line}\n`);
      const [signature] = note?.signatures ?? [];
      const { id, key } = ed25519(verifier);
      expect(note?.text).toBe(said);
      expect(signature?.keyName).toBe(name);
      expect(signature?.keyId.toString('hex')).toBe(id);
      expect(isSignedBy(key, Buffer.from(said), signature?.signature ?? Buffer.alloc(0))).toBe(true);
    },
  );

  test('with two signatures have both', () => {
    const note = parseSignedNote(`${text}\n${published.map(({ line }) => `\u2014 ${line}\n`).join('')}`);
    expect(note?.signatures.map(({ keyName }) => keyName)).toEqual(['PeterNeumann', 'EnochRoot']);
  });

  const line = `\u2014 ${published[0]?.line}\n`;
  test.each([
    ['no signature', text],
    ['no empty line', text + line],
    ['no end of the last line', `${text}\n${line.slice(0, -1)}`],
    ['an empty line after the signatures', `${text}\n${line}\n`],
    ['something between the signatures', `${text}\n${line}x\n${line}`],
    ['a control character', `a\u0007\n\n${line}`],
    ['a tab', `a\tb\n\n${line}`],
    ['a carriage return', `a\r\n\n${line}`],
    ['half of a character', `a\ud800\n\n${line}`],
    ['a hyphen for the dash', `${text}\n- ${published[0]?.line}\n`],
    ['a plus in the name', `${text}\n\u2014 Peter+Neumann x08go/ZJkuA=\n`],
    ['two spaces', `${text}\n\u2014 Peter  x08go/ZJkuA=\n`],
    ['a signature of four bytes', `${text}\n\u2014 Peter x08goA==\n`],
    ['base64 with stray bits', `${text}\n\u2014 Peter x08go/ZJkuB=\n`],
    ['base64 without padding', `${text}\n\u2014 Peter x08go/ZJkuA\n`],
    ['101 signatures', `${text}\n${line.repeat(101)}`],
  ])('with %s are none', (_, envelope) => {
    expect(parseSignedNote(envelope)).toBeUndefined();
  });
});

const root = Buffer.alloc(32, 7).toString('base64');

describe('a checkpoint', () => {
  test('is origin, size and root, and whatever the log adds', () => {
    expect(parseCheckpoint(`example.com/log\n42\n${root}\nTimestamp: 1\n`)).toEqual({
      origin: 'example.com/log',
      treeSize: 42,
      rootHash: Buffer.alloc(32, 7),
      extensions: ['Timestamp: 1'],
    });
  });

  test.each([
    ['no origin', `\n42\n${root}\n`],
    ['no size', `o\n\n${root}\n`],
    ['a size with a leading zero', `o\n042\n${root}\n`],
    ['a signed size', `o\n+42\n${root}\n`],
    ['a negative size', `o\n-1\n${root}\n`],
    ['a size in hexadecimal', `o\n0x2a\n${root}\n`],
    ['a size beyond what can be counted', `o\n9007199254740993\n${root}\n`],
    ['no root', 'o\n42\n'],
    ['a short root', 'o\n42\nAAAA\n'],
    ['a root with stray bits', `o\n42\n${root.slice(0, -2)}d=\n`],
    ['an empty line', `o\n42\n${root}\n\nx\n`],
    ['no end of its last line', `o\n42\n${root}`],
  ])('with %s is none', (_, said) => {
    expect(parseCheckpoint(said)).toBeUndefined();
  });
});

const printable = fc.stringMatching(/^[a-zA-Z0-9 .:/]{1,20}$/);
const name = fc.stringMatching(/^[a-z0-9./]{1,20}$/);

test('what is written as a note reads as what was written', () => {
  fc.assert(
    fc.property(
      fc.array(printable, { minLength: 1, maxLength: 5 }),
      fc.array(fc.tuple(name, fc.uint8Array({ minLength: 5, maxLength: 80 })), {
        minLength: 1,
        maxLength: 4,
      }),
      (lines, signatures) => {
        const said = `${lines.join('\n')}\n`;
        const signed = signatures.map(
          ([by, bytes]) => `\u2014 ${by} ${Buffer.from(bytes).toString('base64')}\n`,
        );
        const note = parseSignedNote(`${said}\n${signed.join('')}`);
        expect(note?.text).toBe(said);
        expect(note?.signatures).toEqual(
          signatures.map(([keyName, bytes]) => ({
            keyName,
            keyId: Buffer.from(bytes.subarray(0, 4)),
            signature: Buffer.from(bytes.subarray(4)),
          })),
        );
      },
    ),
  );
});

test('any text is a note that can be written again byte for byte, or none; nothing throws', () => {
  const pieces = fc.constantFrom(
    'a',
    '\n',
    '\n\n',
    '\u2014 ',
    'x AAAAAAA=',
    '\n\u2014 x AAAAAAA=\n',
    ' ',
    '\u0000',
    '\ud800',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(pieces, { maxLength: 12 }).map((all) => all.join('')),
        fc.string({ unit: 'binary' }),
      ),
      (envelope) => {
        const note = parseSignedNote(envelope);
        parseCheckpoint(envelope);
        if (!note) return;
        const lines = note.signatures.map(
          ({ keyName, keyId, signature }) =>
            `\u2014 ${keyName} ${Buffer.concat([keyId, signature]).toString('base64')}\n`,
        );
        expect(`${note.text}\n${lines.join('')}`).toBe(envelope);
      },
    ),
    { numRuns: 3000 },
  );
});
