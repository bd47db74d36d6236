import { createRoute } from '@hono/zod-openapi';
import { requireSubmitter } from '../call.ts';
import { Summary, SummaryRequest } from '../components.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { limitBody } from '../json-body.ts';
import { noStore, replyJson } from '../reply.ts';
import { jsonAnswer, jsonRequest, problems, RebuildParameter, tokenNeeded } from '../route.ts';

export function summarizeRebuild(app: Api, deps: ApiDependencies): void {
  const route = createRoute({
    method: 'post',
    path: '/v1/rebuilds/{id}/summaries',
    operationId: 'summarizeRebuild',
    summary: 'Hold a finished rebuild against a policy, and have the result signed',
    description:
      'The result is an SLSA verification summary (VSA), PASSED or FAILED, and is told with the rebuild. The same policy asked for again is the same summary, so that the request can be repeated safely.',
    tags: ['rebuilds'],
    security: tokenNeeded,
    middleware: [limitBody(deps.limits.jsonBytesMax)],
    request: { params: RebuildParameter, body: jsonRequest(SummaryRequest) },
    responses: {
      202: jsonAnswer('Asked for; `Location` is where it can be followed', Summary),
      ...problems(
        'unauthenticated',
        'forbidden',
        'not-found',
        'conflict',
        'too-large',
        'unsupported-media-type',
      ),
    },
  });

  app.openapi(route, async (c) => {
    const caller = requireSubmitter(c.get('call'));
    const { id } = c.req.valid('param');
    const { policy } = c.req.valid('json');
    const summary = await deps.plane.summarize(caller, id, policy);
    return replyJson(c, 202, summary, { ...noStore, location: `/v1/rebuilds/${id}` });
  });
}
