import { createRoute, z } from '@hono/zod-openapi';
import { AppError } from '#core/errors/app-error.ts';
import { requireAdmin } from '../call.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { replyEmpty } from '../reply.ts';
import { emptyAnswer, problems, tokenNeeded } from '../route.ts';

export function revokeToken(app: Api, deps: ApiDependencies): void {
  const route = createRoute({
    method: 'delete',
    path: '/v1/tokens/{id}',
    operationId: 'revokeToken',
    summary: 'Revoke a token, at once',
    tags: ['tokens'],
    security: tokenNeeded,
    request: { params: z.object({ id: z.uuid().openapi({ param: { name: 'id', in: 'path' } }) }) },
    responses: {
      204: emptyAnswer('Revoked'),
      ...problems('unauthenticated', 'forbidden', 'not-found'),
    },
  });

  app.openapi(route, async (c) => {
    requireAdmin(c.get('call'));
    const { id } = c.req.valid('param');
    if (!(await deps.tokens.revoke(id))) throw new AppError('not-found', `There is no token ${id}`);
    return replyEmpty(c, 204);
  });
}
