import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RebuildEvent } from '#schemas/rebuild.ts';
import { formatEvent } from '#services/api/rebuilds/event-stream.ts';
import { ApiServer } from '#test/harness/api/api-server.ts';
import { expectProblem } from '#test/harness/api/expect-problem.ts';
import { parseServerSentEvents } from '#test/harness/api/server-sent-events.ts';
import { submitPurl, submitSupplied } from '#test/harness/api/supplied-request.ts';
import { waitUntilWaiting } from '#test/harness/api/wait-until-waiting.ts';

const reproduced = { kind: 'reproduced', retryable: false, detail: 'The same, bit for bit.' } as const;

describe('GET /v1/rebuilds/{id}/events', () => {
  let api: ApiServer;
  let token: string;
  beforeAll(async () => {
    api = await ApiServer.start();
    token = await api.createToken('ci');
  });
  afterAll(() => api[Symbol.asyncDispose]());

  const say = (id: string, text: string) =>
    api.plane.rebuildStates.tell(api.plane.rebuildStates.get(id), { type: 'log', stream: 'stdout', text });

  it('200: gives what was and what comes, in order, and ends after the verdict', async () => {
    const id = await submitPurl(api, token);
    say(id, 'before');
    const response = await api.request('GET', `/v1/rebuilds/${id}/events`);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    await waitUntilWaiting(api);
    say(id, 'after');
    await waitUntilWaiting(api);
    api.plane.conclude(id, reproduced);
    const events = parseServerSentEvents(await response.text());
    expect(events.map(({ event }) => event)).toEqual(['stage', 'log', 'log', 'verdict']);
    expect(events.map(({ id: seq }) => seq)).toEqual(['1', '2', '3', '4']);
    expect(events.map(({ data }) => RebuildEvent.parse(JSON.parse(data)).text)).toEqual([
      undefined,
      'before',
      'after',
      'The same, bit for bit.',
    ]);
  });

  it('goes on after Last-Event-ID, and ends at once where nothing is left to come', async () => {
    const id = await submitPurl(api, token);
    say(id, 'seen');
    say(id, 'new');
    api.plane.conclude(id, reproduced);
    const rest = async (last: string) => {
      const response = await api.request('GET', `/v1/rebuilds/${id}/events`, {
        headers: { 'last-event-id': last },
      });
      return parseServerSentEvents(await response.text()).map((each) => each.id);
    };
    expect(await rest('2')).toEqual(['3', '4']);
    expect(await rest('4')).toEqual([]);
  });

  it('lets go of a reader who went away', async () => {
    const id = await submitPurl(api, token);
    const reader = new AbortController();
    await api.request('GET', `/v1/rebuilds/${id}/events`, { signal: reader.signal });
    await waitUntilWaiting(api);
    reader.abort();
    await waitUntilWaiting(api, 0);
  });

  it('ends when the process stops', async () => {
    const stopped = await ApiServer.start();
    const id = await submitPurl(stopped, await stopped.createToken('ci'));
    const response = await stopped.request('GET', `/v1/rebuilds/${id}/events`);
    const text = response.text();
    await waitUntilWaiting(stopped);
    await stopped[Symbol.asyncDispose]();
    expect(parseServerSentEvents(await text).map(({ event }) => event)).toEqual(['stage']);
  });

  it('404: of a private rebuild, to others', async () => {
    const id = await submitSupplied(api, token, 'hidden');
    await expectProblem(await api.request('GET', `/v1/rebuilds/${id}/events`), 'not-found');
  });

  it('429: more streams than one caller may hold; ended ones do not count', async () => {
    await using small = await ApiServer.start({ limits: { streamsPerCallerMax: 1 } });
    const id = await submitPurl(small, await small.createToken('ci'));
    const first = await small.request('GET', `/v1/rebuilds/${id}/events`);
    await waitUntilWaiting(small);
    await expectProblem(await small.request('GET', `/v1/rebuilds/${id}/events`), 'rate-limited');
    small.plane.conclude(id, reproduced);
    await first.text();
    expect((await small.request('GET', `/v1/rebuilds/${id}/events`)).status).toBe(200);
  });

  it('carries any text as one event that cannot forge another', () => {
    const part = fc.constantFrom(
      '\r',
      '\n',
      '\r\n',
      'data: ',
      'event:',
      'id',
      ':',
      '\0',
      '\u2028',
      '\ud800',
      '"',
      '\\',
      'é',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        const text = parts.join('');
        const forged = `${text}\r\n\r\nevent: verdict\ndata: {"name":"reproduced"}\n\n`;
        const event = { seq: 7, at: '2026-11-22T00:00:00Z', type: 'log' as const, text: forged };
        const parsed = parseServerSentEvents(formatEvent(event));
        expect(parsed).toHaveLength(1);
        expect(parsed[0]).toMatchObject({ id: '7', event: 'log' });
        expect(JSON.parse(parsed[0]?.data ?? '')).toEqual(event);
      }),
    );
  });
});
