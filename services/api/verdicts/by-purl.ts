import { createRoute, z } from '@hono/zod-openapi';
import { Purl } from '#schemas/artifact.ts';
import { Lookup } from '../components.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { replyJson } from '../reply.ts';
import { anyone, jsonAnswer, problems } from '../route.ts';
import { lookupCache } from './cache.ts';

export function lookUpByPurl(app: Api, deps: ApiDependencies): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/verdicts',
    operationId: 'lookUpByPurl',
    summary: 'What is known of a package URL',
    tags: ['verdicts'],
    security: anyone,
    request: { query: z.object({ purl: Purl.clone().openapi({ example: 'pkg:pypi/idna@3.20' }) }) },
    responses: {
      200: jsonAnswer('The one verdict that answers, or `pending` or `unknown`', Lookup),
      ...problems('invalid-purl', 'unauthenticated'),
    },
  });

  app.openapi(route, async (c) => {
    const { caller } = c.get('call');
    const answer = await deps.plane.lookup(caller, { purl: c.req.valid('query').purl });
    return replyJson(c, 200, answer, lookupCache(caller, answer));
  });
}
