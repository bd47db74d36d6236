import { RebuildEvent } from '#schemas/rebuild.ts';

const messageLengthMax = 64 * 1024;

/** One message of an event stream. https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */
export interface StreamMessage {
  readonly event: string;
  readonly data: string;
}

/** Messages of an event stream; what is longer than a message may be is passed over. */
export async function* parseEventStream(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<StreamMessage> {
  const decoder = new TextDecoder();
  let rest = '';
  let event = 'message';
  let data: string[] = [];
  let dataLength = 0;
  for await (const chunk of bytes) {
    rest += decoder.decode(chunk, { stream: true });
    // A lone CR at the end may be the first half of CRLF: it stays for the next chunk.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = (lines.pop() ?? '').slice(-messageLengthMax);
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) yield { event, data: data.join('\n') };
        event = 'message';
        data = [];
        dataLength = 0;
        continue;
      }
      const [, field, value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
      if (field === 'event') event = value;
      if (field === 'data' && (dataLength += value.length) <= messageLengthMax) data.push(value);
    }
  }
}

/**
 * The events of one rebuild, in order and each once, over as many connections as it takes (Last-Event-ID), until the
 * one of type `verdict`. Losing the stream is no error: events are for showing, the result is asked for on its own.
 * `open` makes a response that `signal` ends.
 */
export async function* readEvents(
  open: (lastSeq: number) => Promise<Response>,
  signal: AbortSignal,
): AsyncGenerator<RebuildEvent> {
  let lastSeq = 0;
  while (!signal.aborted) {
    const response = await open(lastSeq).catch(() => undefined);
    if (response?.body === null || response === undefined) return;
    let seen = false;
    try {
      for await (const message of parseEventStream(response.body)) {
        const event = parseEvent(message.data);
        if (event === undefined || event.seq <= lastSeq) continue;
        lastSeq = event.seq;
        seen = true;
        yield event;
        if (event.type === 'verdict') return;
      }
    } catch {
      // The connection was lost, or we were asked to stop: the loop decides.
    }
    if (!seen && !signal.aborted) await pause(500, signal);
  }
}

function parseEvent(data: string): RebuildEvent | undefined {
  try {
    return RebuildEvent.safeParse(JSON.parse(data)).data;
  } catch {
    return undefined;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
