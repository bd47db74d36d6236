import { createHash } from 'node:crypto';
import { createRoute, z } from '@hono/zod-openapi';
import type { Api } from '../dependencies.ts';
import { openApiDocument } from '../document.ts';
import { matchesEtag } from '../etag.ts';
import { replyEmpty, replyText } from '../reply.ts';
import { anyone, emptyAnswer, jsonAnswer, problems } from '../route.ts';

export function serveOpenApi(app: Api): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/openapi.json',
    operationId: 'getOpenApi',
    summary: 'This document',
    tags: ['service'],
    security: anyone,
    responses: {
      200: jsonAnswer('OpenAPI 3.1', z.looseObject({ openapi: z.string() })),
      304: emptyAnswer('Not changed since the ETag that was given'),
      ...problems(),
    },
  });
  let made: { text: string; etag: string } | undefined;

  app.openapi(route, (c) => {
    made ??= make(app);
    const headers = { etag: made.etag, 'cache-control': 'public, max-age=300' };
    if (matchesEtag(c.req.header('if-none-match'), made.etag)) return replyEmpty(c, 304, headers);
    return replyText(c, 200, made.text, { ...headers, 'content-type': 'application/json' });
  });
}

function make(app: Api): { text: string; etag: string } {
  const text = JSON.stringify(openApiDocument(app));
  return { text, etag: `"${createHash('sha256').update(text).digest('base64url')}"` };
}
