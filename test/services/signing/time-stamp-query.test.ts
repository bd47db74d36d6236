import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { positive, timeStampQuery } from '#services/signing/witness/time-stamp-query.ts';
import { scratchFolder } from '#test/harness/attesting/signed.ts';

test('is byte for byte what openssl asks for the same digest and number', async () => {
  const folder = await scratchFolder();
  const imprint = createHash('sha256').update('signature').digest();
  const asked = execFileSync('openssl', [
    'ts',
    '-query',
    '-digest',
    imprint.toString('hex'),
    '-sha256',
    '-cert',
  ]);
  // openssl takes a random number: the one INTEGER behind the imprint.
  const number = asked.subarray(asked.indexOf(imprint) + imprint.length + 2, asked.length - 3);
  const ours = timeStampQuery(imprint, number);
  await writeFile(join(folder, 'ours.tsq'), ours);
  const told = execFileSync('openssl', ['ts', '-query', '-in', join(folder, 'ours.tsq'), '-text']).toString();
  expect(told).toContain('Hash Algorithm: sha256');
  expect(told).toMatch(/Certificate required: yes/);
  // It may write the algorithm's absent parameters as NULL; both are allowed (RFC 5754 section 2).
  const withNull = Buffer.from(
    asked.toString('hex').replace('0d06096086480165030402010500', '0b0609608648016503040201'),
    'hex',
  );
  expect(ours.subarray(-number.length - 5).toString('hex')).toBe(
    withNull.subarray(-number.length - 5).toString('hex'),
  );
});

test('any number is a positive INTEGER in its shortest form', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 16 }), (bytes) => {
      const content = positive(bytes);
      expect(content.length).toBeGreaterThan(0);
      expect((content[0] ?? 0) & 0x80).toBe(0);
      if (content.length > 1 && content[0] === 0) expect((content[1] ?? 0) & 0x80).toBe(0x80);
      expect(BigInt(`0x${content.toString('hex')}`)).toBe(BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
    }),
  );
});
