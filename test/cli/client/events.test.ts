import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEventStream, readEvents, type StreamMessage } from '#cli/client/events.ts';
import type { RebuildEvent } from '#schemas/rebuild.ts';

async function parse(chunks: readonly Uint8Array[]): Promise<StreamMessage[]> {
  const messages: StreamMessage[] = [];
  async function* stream() {
    yield* chunks;
  }
  for await (const message of parseEventStream(stream())) messages.push(message);
  return messages;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const event = (seq: number, type: RebuildEvent['type'] = 'note'): RebuildEvent => ({
  seq,
  at: '2026-11-22T12:00:00Z',
  type,
});
const wire = (...events: RebuildEvent[]): string =>
  events.map((each) => `id: ${each.seq}\nevent: ${each.type}\ndata: ${JSON.stringify(each)}\n\n`).join('');

describe('reading an event stream', () => {
  it('gives the same messages wherever the bytes are cut', async () => {
    const text =
      'retry: 10\n\n: comment\n\nevent: é\ndata: {"a":\ndata: 1}\n\ndata: last ☃\r\n\r\nevent: lost';
    const whole = await parse([bytes(text)]);
    expect(whole).toEqual([
      { event: 'é', data: '{"a":\n1}' },
      { event: 'message', data: 'last ☃' },
    ]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes(text).length), { maxLength: 12 }), async (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), bytes(text).length];
        const chunks = places.slice(1).map((end, index) => bytes(text).slice(places[index], end));
        expect(await parse(chunks)).toEqual(whole);
      }),
    );
  });

  it('a message without end does not grow without bound', async () => {
    const long = 'x'.repeat(1_000_000);
    expect(await parse([bytes(`data: ${long}\n\ndata: ok\n\n`)])).toEqual([{ event: 'message', data: 'ok' }]);
  });

  it('goes on after a lost connection where it was, gives each event once and ends with the verdict', async () => {
    const asked: number[] = [];
    const answers = [wire(event(1), event(2)), wire(event(2), event(3), event(4, 'verdict'), event(5))];
    const seen: number[] = [];
    const open = (lastSeq: number) => {
      asked.push(lastSeq);
      return Promise.resolve(new Response(answers[asked.length - 1]));
    };
    for await (const { seq } of readEvents(open, new AbortController().signal)) seen.push(seq);
    expect(seen).toEqual([1, 2, 3, 4]);
    expect(asked).toEqual([0, 2]);
  });

  it('passes over what is no event of ours', async () => {
    const seen: number[] = [];
    const open = () =>
      Promise.resolve(new Response(`data: {\n\ndata: {"seq":"1"}\n\n${wire(event(7, 'verdict'))}`));
    for await (const { seq } of readEvents(open, new AbortController().signal)) seen.push(seq);
    expect(seen).toEqual([7]);
  });
});
