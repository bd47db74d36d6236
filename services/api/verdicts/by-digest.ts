import { createRoute } from '@hono/zod-openapi';
import { Lookup } from '../components.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { replyJson } from '../reply.ts';
import { anyone, DigestParameter, hexOf, jsonAnswer, problems } from '../route.ts';
import { lookupCache } from './cache.ts';

export function lookUpByDigest(app: Api, deps: ApiDependencies): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/verdicts/{digest}',
    operationId: 'lookUpByDigest',
    summary: 'What is known of a file, by its digest',
    tags: ['verdicts'],
    security: anyone,
    request: { params: DigestParameter },
    responses: {
      200: jsonAnswer('The one verdict that answers, or `pending` or `unknown`', Lookup),
      ...problems('unauthenticated'),
    },
  });

  // The busiest route: its one parameter is checked here, which spares it a validator's two turns of the loop.
  app.openAPIRegistry.registerPath(route);
  app.get(route.getRoutingPath(), async (c) => {
    const { caller } = c.get('call');
    const answer = await deps.plane.lookup(caller, { sha256: hexOf(c.req.param('digest')) });
    return replyJson(c, 200, answer, lookupCache(caller, answer));
  });
}
