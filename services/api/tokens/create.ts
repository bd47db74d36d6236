import { createRoute, z } from '@hono/zod-openapi';
import { hashToken, mintToken, tokenRandomBytes } from '#services/identity/mint-token.ts';
import { TokenName, TokenScope } from '#services/identity/token-store.ts';
import { requireAdmin } from '../call.ts';
import { StoredToken } from '../components.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { limitBody } from '../json-body.ts';
import { noStore, replyJson } from '../reply.ts';
import { jsonAnswer, jsonRequest, problems, tokenNeeded } from '../route.ts';

const dayMs = 24 * 3600 * 1000;

const NewToken = z
  .strictObject({
    name: TokenName,
    scope: TokenScope,
    expiresInDays: z.int().min(1).max(366).default(90),
  })
  .openapi('NewToken');

const CreatedToken = z
  .strictObject({
    ...StoredToken.shape,
    token: z.string().describe('shown this once, and kept only as a hash'),
  })
  .openapi('CreatedToken');

export function createToken(app: Api, deps: ApiDependencies): void {
  const route = createRoute({
    method: 'post',
    path: '/v1/tokens',
    operationId: 'createToken',
    summary: 'Create a token',
    description:
      'What is submitted with it belongs to `token:<name>`: a later token of that name goes on with it.',
    tags: ['tokens'],
    security: tokenNeeded,
    middleware: [limitBody(deps.limits.jsonBytesMax)],
    request: { body: jsonRequest(NewToken) },
    responses: {
      201: jsonAnswer('The token, this once', CreatedToken),
      ...problems('unauthenticated', 'forbidden', 'conflict', 'unsupported-media-type'),
    },
  });

  app.openapi(route, async (c) => {
    const admin = requireAdmin(c.get('call'));
    const { name, scope, expiresInDays } = c.req.valid('json');
    const token = mintToken(scope, deps.randomBytes(tokenRandomBytes));
    const stored = {
      id: deps.randomUuid(),
      name,
      scope,
      createdBy: admin.subject,
      createdAt: new Date(deps.now()).toISOString(),
      expiresAt: new Date(deps.now() + expiresInDays * dayMs).toISOString(),
    };
    await deps.tokens.create({ ...stored, hash: hashToken(token) });
    return replyJson(c, 201, { ...stored, token }, noStore);
  });
}
