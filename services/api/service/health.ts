import { createRoute, z } from '@hono/zod-openapi';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { noStore, replyJson } from '../reply.ts';
import { anyone, jsonAnswer, problems } from '../route.ts';

const Health = z.strictObject({ status: z.literal('ok') }).openapi('Health');

export function health(app: Api, deps: ApiDependencies): void {
  const alive = createRoute({
    method: 'get',
    path: '/healthz',
    operationId: 'isAlive',
    summary: 'Whether the process runs',
    tags: ['service'],
    security: anyone,
    responses: { 200: jsonAnswer('It runs', Health), ...problems() },
  });
  app.openapi(alive, (c) => replyJson(c, 200, { status: 'ok' }, noStore));

  const ready = createRoute({
    method: 'get',
    path: '/readyz',
    operationId: 'isReady',
    summary: 'Whether all that it needs can be reached',
    tags: ['service'],
    security: anyone,
    responses: { 200: jsonAnswer('It is ready', Health), ...problems() },
  });
  app.openapi(ready, async (c) => {
    await deps.plane.ready();
    return replyJson(c, 200, { status: 'ok' }, noStore);
  });
}
