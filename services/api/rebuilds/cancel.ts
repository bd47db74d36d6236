import { createRoute } from '@hono/zod-openapi';
import { requireSubmitter } from '../call.ts';
import { RebuildResult } from '../components.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { noStore, replyJson } from '../reply.ts';
import { jsonAnswer, problems, RebuildParameter, tokenNeeded } from '../route.ts';

export function cancelRebuild(app: Api, deps: ApiDependencies): void {
  const route = createRoute({
    method: 'delete',
    path: '/v1/rebuilds/{id}',
    operationId: 'cancelRebuild',
    summary: 'Cancel a rebuild of one’s own that has no verdict yet',
    tags: ['rebuilds'],
    security: tokenNeeded,
    request: { params: RebuildParameter },
    responses: {
      200: jsonAnswer('The rebuild as it is now', RebuildResult),
      ...problems('unauthenticated', 'forbidden', 'not-found', 'conflict'),
    },
  });

  app.openapi(route, async (c) => {
    const caller = requireSubmitter(c.get('call'));
    return replyJson(c, 200, await deps.plane.cancel(caller, c.req.valid('param').id), noStore);
  });
}
