import { createRoute } from '@hono/zod-openapi';
import { SigningKeys } from '../components.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { replyJson } from '../reply.ts';
import { anyone, jsonAnswer, problems } from '../route.ts';

export function listKeys(app: Api, deps: ApiDependencies): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/keys',
    operationId: 'listKeys',
    summary: 'The public keys that this service has signed with, newest first',
    description:
      'For convenience: a key that is fetched from the service it is to check proves little. Compare it with one that reached you another way.',
    tags: ['keys'],
    security: anyone,
    responses: { 200: jsonAnswer('The keys', SigningKeys), ...problems('unauthenticated') },
  });

  app.openapi(route, async (c) =>
    replyJson(c, 200, { keys: await deps.plane.keys() }, { 'cache-control': 'public, max-age=60' }),
  );
}
