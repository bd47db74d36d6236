import { RebuildEvent } from '#schemas/rebuild.ts';

/** The events of a rebuild as they come (SSE), resumed where the connection or the api breaks, until the verdict. */
export async function* eventsOf(url: string, id: string, token: string): AsyncGenerator<RebuildEvent> {
  let last = 0;
  for (;;) {
    try {
      for await (const event of oneStream(url, id, token, last)) {
        last = event.seq;
        yield event;
        if (event.type === 'verdict') return;
      }
    } catch {
      // The api is away: it was killed, or PostgreSQL was. It comes back.
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

async function* oneStream(
  url: string,
  id: string,
  token: string,
  last: number,
): AsyncGenerator<RebuildEvent> {
  const headers = { authorization: `Bearer ${token}`, 'last-event-id': String(last) };
  const response = await fetch(`${url}/v1/rebuilds/${id}/events`, { headers });
  if (!response.ok || !response.body) throw new Error(`the api answered ${response.status}`);
  let rest = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = block.split('\n').filter((line) => line.startsWith('data:'));
      if (data.length > 0) yield RebuildEvent.parse(JSON.parse(data.map((line) => line.slice(5)).join('\n')));
    }
  }
}
