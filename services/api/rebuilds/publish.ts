import { createRoute } from '@hono/zod-openapi';
import { requireSubmitter } from '../call.ts';
import { RebuildResult } from '../components.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { noStore, replyJson } from '../reply.ts';
import { jsonAnswer, problems, RebuildParameter, tokenNeeded } from '../route.ts';

export function publishRebuild(app: Api, deps: ApiDependencies): void {
  const route = createRoute({
    method: 'post',
    path: '/v1/rebuilds/{id}/publish',
    operationId: 'publishRebuild',
    summary: 'Make a private rebuild of one’s own public, with its artifact and log',
    tags: ['rebuilds'],
    security: tokenNeeded,
    request: { params: RebuildParameter },
    responses: {
      200: jsonAnswer('The rebuild, now public', RebuildResult),
      ...problems('unauthenticated', 'forbidden', 'not-found', 'conflict'),
    },
  });

  app.openapi(route, async (c) => {
    const caller = requireSubmitter(c.get('call'));
    return replyJson(c, 200, await deps.plane.publish(caller, c.req.valid('param').id), noStore);
  });
}
