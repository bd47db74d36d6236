import { createRoute, z } from '@hono/zod-openapi';
import { RebuildPage } from '../components.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { privateToCaller, replyJson } from '../reply.ts';
import { anyone, jsonAnswer, problems } from '../route.ts';

export function listRebuilds(app: Api, deps: ApiDependencies): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/rebuilds',
    operationId: 'listRebuilds',
    summary: 'List rebuilds, newest first',
    description: 'Pages by cursor: `Link: <…>; rel="next"` leads to the next one.',
    tags: ['rebuilds'],
    security: anyone,
    request: {
      query: z.object({
        limit: z.coerce.number().int().min(1).max(100).default(20),
        before: z.uuid().optional().describe('cursor: `next` of the page before'),
      }),
    },
    responses: { 200: jsonAnswer('A page', RebuildPage), ...problems('not-found', 'unauthenticated') },
  });

  app.openapi(route, async (c) => {
    const { limit, before } = c.req.valid('query');
    const { caller } = c.get('call');
    const page = await deps.plane.rebuilds(caller, { limit, ...(before === undefined ? {} : { before }) });
    const link =
      page.next === undefined
        ? {}
        : { link: `</v1/rebuilds?limit=${limit}&before=${encodeURIComponent(page.next)}>; rel="next"` };
    return replyJson(c, 200, page, { ...privateToCaller(caller, 'no-cache'), ...link });
  });
}
