import { createRoute, z } from '@hono/zod-openapi';
import { RebuildResult } from '../components.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { matchesEtag } from '../etag.ts';
import { privateToCaller, replyEmpty, replyJson } from '../reply.ts';
import { anyone, emptyAnswer, jsonAnswer, problems, RebuildParameter } from '../route.ts';
import { StreamGauge } from '../stream-gauge.ts';
import { preferredWaitSeconds } from './prefer-wait.ts';

export function getRebuild(app: Api, deps: ApiDependencies): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/rebuilds/{id}',
    operationId: 'getRebuild',
    summary: 'One rebuild, as far as it has come',
    description:
      'With `Prefer: wait=N` the answer comes when there is a verdict, or, with `If-None-Match`, when the rebuild has changed; after N seconds at the latest.',
    tags: ['rebuilds'],
    security: anyone,
    request: {
      params: RebuildParameter,
      headers: z.object({ prefer: z.string().optional(), 'if-none-match': z.string().optional() }),
    },
    responses: {
      200: jsonAnswer('The rebuild; `verdict` is `pending` while work goes on', RebuildResult),
      304: emptyAnswer('Not changed since the ETag that was given'),
      ...problems('not-found', 'unauthenticated'),
    },
  });
  const waiting = new StreamGauge(deps.limits.streamsPerCallerMax);

  app.openapi(route, async (c) => {
    const call = c.get('call');
    const { id } = c.req.valid('param');
    const { prefer, 'if-none-match': ifNoneMatch } = c.req.valid('header');
    const seconds = preferredWaitSeconds(prefer, deps.limits.waitSecondsMax);
    let found = await deps.plane.rebuild(call.caller, id);
    const isNews = (): boolean =>
      ifNoneMatch === undefined
        ? found.result.verdict !== 'pending'
        : !matchesEtag(ifNoneMatch, etagOf(found.revision));

    if (seconds !== undefined && !isNews()) {
      call.untimed();
      const release = waiting.hold(call.key);
      const signal = AbortSignal.any([c.req.raw.signal, deps.stopping]);
      const deadline = deps.now() + seconds * 1000;
      try {
        for (let left = seconds * 1000; left > 0 && !signal.aborted; left = deadline - deps.now()) {
          await deps.plane.waitForChange(id, found.revision, left, signal);
          found = await deps.plane.rebuild(call.caller, id);
          if (isNews()) break;
        }
      } finally {
        release();
      }
    }
    const etag = etagOf(found.revision);
    const headers = {
      etag,
      ...privateToCaller(call.caller, 'no-cache'),
      ...(seconds === undefined ? {} : { 'preference-applied': `wait=${seconds}` }),
      ...(found.result.verdict === 'pending' ? { 'retry-after': '2' } : {}),
    };
    if (matchesEtag(ifNoneMatch, etag)) return replyEmpty(c, 304, headers);
    return replyJson(c, 200, found.result, headers);
  });
}

function etagOf(revision: number): string {
  return `"r${revision}"`;
}
