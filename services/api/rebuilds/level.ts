import { createRoute } from '@hono/zod-openapi';
import { LevelReport } from '../components.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { privateToCaller, replyJson } from '../reply.ts';
import { anyone, jsonAnswer, problems, RebuildParameter } from '../route.ts';

export function getLevel(app: Api, deps: ApiDependencies): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/rebuilds/{id}/level',
    operationId: 'getLevel',
    summary: 'The facts that a rebuild’s SLSA level follows from, and what the next level lacks',
    description:
      'From the signed comparison: each fact with its value (`null` is unknown and lowers the level), whether it was measured or declared, and the evidence.',
    tags: ['rebuilds'],
    security: anyone,
    request: { params: RebuildParameter },
    responses: {
      200: jsonAnswer('The table of facts and the level', LevelReport),
      ...problems('not-found', 'unauthenticated'),
    },
  });

  app.openapi(route, async (c) => {
    const { caller } = c.get('call');
    const report = await deps.plane.level(caller, c.req.valid('param').id);
    return replyJson(c, 200, report, privateToCaller(caller, 'no-cache'));
  });
}
