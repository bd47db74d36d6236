import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readControl, type ControlMessage } from '#workers/sandbox/bubblewrap/control-stream.ts';

async function read(bytes: Buffer, cuts: readonly number[]): Promise<ControlMessage[]> {
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  async function* chunks(): AsyncGenerator<Buffer> {
    for (const [index, edge] of edges.slice(1).entries()) yield bytes.subarray(edges[index], edge);
  }
  const messages: ControlMessage[] = [];
  for await (const message of readControl(chunks())) messages.push(message);
  return messages;
}

/** With the bytes of one file in one piece, however they came. */
function joined(messages: readonly ControlMessage[]): unknown[] {
  const whole: unknown[] = [];
  let bytes: Buffer[] = [];
  for (const message of [...messages, { kind: 'done' } as const]) {
    if (message.kind === 'bytes') bytes.push(message.bytes);
    else {
      if (bytes.length > 0) whole.push(Buffer.concat(bytes).toString('hex'));
      bytes = [];
      whole.push(message);
    }
  }
  return whole.slice(0, -1);
}

test('a report is read the same wherever its bytes are cut', async () => {
  const file = Buffer.from('end 0 0 0 0\ndone\n\0\xff', 'latin1');
  const report = Buffer.concat([
    Buffer.from('probe 5\na\nb\ncready\nstart 0\nend 0 3 4096 12\n'),
    Buffer.from(`file 1 ${file.length}\n`),
    file,
    Buffer.from('file 2 0\ndone\n'),
  ]);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(), { maxLength: 20 }), async (cuts) => {
      expect(joined(await read(report, cuts))).toEqual([
        { kind: 'probe', text: 'a\nb\nc' },
        { kind: 'ready' },
        { kind: 'start', index: 0 },
        { kind: 'end', index: 0, exitCode: 3, freeBytes: 4096, freeInodes: 12 },
        { kind: 'file', index: 1, size: file.length },
        file.toString('hex'),
        { kind: 'file', index: 2, size: 0 },
        { kind: 'done' },
      ]);
    }),
  );
});

test('what is no report is refused with an error of our own, never with another', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), async (bytes) => {
      const messages = await read(Buffer.from(bytes), []).catch((error: { code?: string }) => error.code);
      expect(Array.isArray(messages) || messages === 'unavailable').toBe(true);
    }),
  );
});

test.each([
  ['a line that never ends', 'x'.repeat(10_000)],
  ['a word that is not known', 'begin 0\n'],
  ['a number that is negative', 'start -1\n'],
  ['a number too many', 'start 0 1\n'],
  ['a probe of unbounded size', 'probe 99999999\n'],
  ['a file that ends early', 'file 0 10\nabc'],
])('%s is refused', async (_, text) => {
  await expect(read(Buffer.from(text), [])).rejects.toMatchObject({ code: 'unavailable' });
});
