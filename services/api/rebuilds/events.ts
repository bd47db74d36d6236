import { createRoute, z } from '@hono/zod-openapi';
import { RebuildEvent } from '../components.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { replyStream } from '../reply.ts';
import { anyone, problems, RebuildParameter, type DocumentedResponse } from '../route.ts';
import { StreamGauge } from '../stream-gauge.ts';
import { eventStream } from './event-stream.ts';

export function followRebuild(app: Api, deps: ApiDependencies): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/rebuilds/{id}/events',
    operationId: 'followRebuild',
    summary: 'The steps and log lines of a rebuild, as they come',
    description:
      'Server-sent events; the data of each is a RebuildEvent as JSON, its id the `seq`. Ends after the event of type `verdict`. `Last-Event-ID` goes on after that one.',
    tags: ['rebuilds'],
    security: anyone,
    request: {
      params: RebuildParameter,
      headers: z.object({
        'last-event-id': z
          .string()
          .regex(/^\d{1,15}$/, 'a seq')
          .optional(),
      }),
    },
    responses: {
      200: {
        description: 'The events; the schema is that of the data of each',
        content: { 'text/event-stream': { schema: RebuildEvent as z.ZodType } },
      } as DocumentedResponse,
      ...problems('not-found', 'unauthenticated'),
    },
  });
  const streams = new StreamGauge(deps.limits.streamsPerCallerMax);

  app.openapi(route, async (c) => {
    const call = c.get('call');
    const { id } = c.req.valid('param');
    await deps.plane.rebuild(call.caller, id);
    const release = streams.hold(call.key);
    call.untimed();
    const signal = AbortSignal.any([
      c.req.raw.signal,
      deps.stopping,
      AbortSignal.timeout(deps.limits.streamSecondsMax * 1000),
    ]);
    const afterSeq = Number(c.req.valid('header')['last-event-id'] ?? 0);
    const events = eventStream(deps.plane, call.caller, id, afterSeq, signal);
    const body = ReadableStream.from(encoded(events, release));
    return replyStream(c, 200, body, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
  });
}

async function* encoded(texts: AsyncIterable<string>, release: () => void): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  try {
    for await (const text of texts) yield encoder.encode(text);
  } finally {
    release();
  }
}
