import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifyBytes } from '#core/digest/verify-bytes.ts';
import { AppError } from '#core/errors/app-error.ts';

const numRuns = Number(process.env['ASSAY_PROPERTY_RUNS'] ?? 500);
const chunks = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });

describe('bytes that are verified on their way', () => {
  it('arrive whole and counted where they are those that were named', async () => {
    await fc.assert(
      fc.asyncProperty(chunks, async (sent) => {
        const whole = Buffer.concat(sent);
        const verified = verifyBytes(from(sent), sha256(whole), whole.length);
        expect((await buffer(verified.bytes)).equals(whole)).toBe(true);
        expect(verified.size).toBe(whole.length);
      }),
      { numRuns },
    );
  });

  it('never end in an end where one bit is another, a byte is missing or there is one too many', async () => {
    const change = fc.constantFrom('bit', 'cut', 'more');
    await fc.assert(
      fc.asyncProperty(chunks, fc.nat(), change, async (sent, at, how) => {
        const named = Buffer.concat([...sent, Buffer.of(0)]);
        const arrives = Buffer.concat([named, Buffer.of(0)]).subarray(
          0,
          named.length + { bit: 0, cut: -1, more: 1 }[how],
        );
        const index = at % named.length;
        if (how === 'bit') arrives[index] = (arrives[index] ?? 0) ^ (1 << (at % 8));
        const code = how === 'more' ? 'too-large' : 'digest-mismatch';
        const cutAt = at % (arrives.length + 1);
        const pieces = [arrives.subarray(0, cutAt), arrives.subarray(cutAt)];
        const verified = verifyBytes(from(pieces), sha256(named), named.length);
        await expect(buffer(verified.bytes)).rejects.toMatchObject({ code });
      }),
      { numRuns },
    );
  });

  it('pass on no byte beyond the size that is allowed', async () => {
    const verified = verifyBytes(
      from([Buffer.from('ab'), Buffer.from('cd')]),
      sha256(Buffer.from('abcd')),
      3,
    );
    const passed: string[] = [];
    const read = async () => {
      for await (const piece of verified.bytes) passed.push(Buffer.from(piece).toString());
    };
    await expect(read()).rejects.toMatchObject({ code: 'too-large' });
    expect(passed).toEqual(['ab']);
  });

  it('say that they broke off where the source did, and leave an error of ours as it is', async () => {
    const broken = verifyBytes(failing(new Error('socket hang up')), sha256(Buffer.from('ab')), 9);
    await expect(buffer(broken.bytes)).rejects.toMatchObject({
      code: 'unavailable',
      cause: { message: 'socket hang up' },
    });
    const ours = new AppError('too-large', 'the answer is larger than 1 byte');
    const refused = verifyBytes(failing(ours), sha256(Buffer.from('ab')), 9);
    await expect(buffer(refused.bytes)).rejects.toBe(ours);
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function* from(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield await Promise.resolve(piece);
}

async function* failing(fault: Error): AsyncGenerator<Uint8Array> {
  yield Buffer.from('a');
  await Promise.resolve();
  throw fault;
}
