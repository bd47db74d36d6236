import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Checklist } from '#verify/checks.ts';
import { readStatement } from '#verify/statement.ts';

const file = Buffer.from('a file');
const digest = (algorithm: string): string => createHash(algorithm).update(file).digest('hex');
const artifact = { sha256: digest('sha256'), sha512: digest('sha512') };
const [a64, a128] = ['a'.repeat(64), 'a'.repeat(128)];

const theirs = (subject: unknown): object => ({
  _type: 'https://in-toto.io/Statement/v1',
  subject,
  predicateType: 'https://example.org/theirs/v1',
  predicate: {},
});

/** The check that failed, or what was read. */
function read(statement: unknown, about = artifact as { sha256: string; sha512?: string }): unknown {
  const list = new Checklist();
  const text = typeof statement === 'string' ? statement : JSON.stringify(statement);
  const found = readStatement(Buffer.from(text), about, list);
  return list.failed?.name ?? found?.predicateType;
}

describe('a subject of theirs matches', () => {
  test.each<[string, object]>([
    ['by sha256', { sha256: artifact.sha256 }],
    ['by sha512', { sha512: artifact.sha512 }],
    ['by both', artifact],
    ['by one, beside digests that we do not take', { sha256: artifact.sha256, gitCommit: 'x', sha1: 'y' }],
  ])('%s', (_, one) => {
    expect(read(theirs([{ name: 'any name', digest: one }]))).toBe('https://example.org/theirs/v1');
    expect(read(theirs([{ digest: { sha256: a64 } }, { digest: one }]))).toBe(
      'https://example.org/theirs/v1',
    );
  });
});

describe('a subject of theirs does not match', () => {
  const right = { digest: { sha256: artifact.sha256 } };

  test.each<[string, object]>([
    ['by digests that we do not take alone', { sha1: digest('sha1'), md5: digest('md5') }],
    ['by a digest in capitals', { sha256: artifact.sha256.toUpperCase() }],
    ['by a digest under another name', { SHA256: artifact.sha256, constructor: artifact.sha256 }],
    ['by no digest', {}],
  ])('%s, and does no harm beside one that does', (_, one) => {
    expect(read(theirs([{ digest: one }]))).toBe('subject-digest');
    expect(read(theirs([right, { digest: one }]))).toBe('https://example.org/theirs/v1');
  });

  test.each<[string, unknown]>([
    ['by one digest of the file and one of another', { sha256: artifact.sha256, sha512: a128 }],
    ['the same the other way round', { sha256: a64, sha512: artifact.sha512 }],
    ['by a digest that is no text', { sha256: [artifact.sha256] }],
    ['by null', null],
  ])('%s, and spoils the whole statement', (_, one) => {
    expect(read(theirs([{ digest: one }]))).toBe('subject-digest');
    expect(read(theirs([right, { digest: one }]))).toBe('subject-digest');
  });

  test('by sha512 alone, where nobody took that of the file', () => {
    expect(read(theirs([{ digest: { sha512: artifact.sha512 } }]), { sha256: artifact.sha256 })).toBe(
      'subject-digest',
    );
  });
});

describe('a statement', () => {
  const subject = [{ digest: { sha256: artifact.sha256 } }];

  test('about more files than anybody reads is about nothing', () => {
    const many = (count: number): object[] => Array.from({ length: count }, () => subject[0] as object);
    expect(read(theirs(many(1024)))).toBe('https://example.org/theirs/v1');
    expect(read(theirs(many(1025)))).toBe('subject-count');
    expect(read(theirs([]))).toBe('subject-count');
  });

  test.each<[string, object | string]>([
    ['of an unknown version', { ...theirs(subject), _type: 'https://in-toto.io/Statement/v2' }],
    ['with a member that in-toto does not have', { ...theirs(subject), more: 1 }],
    ['with a subject that is no list', theirs(subject[0])],
    ['with a member that is there twice', JSON.stringify(theirs(subject)).replace('{', '{"subject":[],')],
    [
      'with a member that is there twice, once escaped',
      JSON.stringify(theirs(subject)).replace('{', '{"\\u0073ubject":[],'),
    ],
    ['without a type', { ...theirs(subject), predicateType: '' }],
    ['that is a list', [theirs(subject)]],
    ['that is nothing', 'null'],
  ])('%s is none', (_, statement) => {
    expect(read(statement)).toBe('statement');
  });
});
