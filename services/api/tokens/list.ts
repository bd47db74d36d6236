import { createRoute, z } from '@hono/zod-openapi';
import { requireAdmin } from '../call.ts';
import { StoredToken } from '../components.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { noStore, replyJson } from '../reply.ts';
import { jsonAnswer, problems, tokenNeeded } from '../route.ts';

const TokenList = z.strictObject({ tokens: z.array(StoredToken) }).openapi('TokenList');

export function listTokens(app: Api, deps: ApiDependencies): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/tokens',
    operationId: 'listTokens',
    summary: 'The tokens that were not revoked, without their text',
    tags: ['tokens'],
    security: tokenNeeded,
    responses: {
      200: jsonAnswer('The tokens, newest first', TokenList),
      ...problems('unauthenticated', 'forbidden'),
    },
  });

  app.openapi(route, async (c) => {
    requireAdmin(c.get('call'));
    return replyJson(c, 200, { tokens: await deps.tokens.list() }, noStore);
  });
}
