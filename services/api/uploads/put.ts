import { createRoute } from '@hono/zod-openapi';
import { requireSubmitter } from '../call.ts';
import { StoredObject } from '../components.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { noStore, replyJson } from '../reply.ts';
import { bytesSchema, DigestParameter, hexOf, jsonAnswer, problems, tokenNeeded } from '../route.ts';
import { takeBody } from './request-bytes.ts';

export function putUpload(app: Api, deps: ApiDependencies): void {
  const route = createRoute({
    method: 'put',
    path: '/v1/uploads/{digest}',
    operationId: 'putUpload',
    summary: 'Upload an artifact or a source, by its digest',
    description: 'Private to its submitter, and kept for a day unless a rebuild names it.',
    tags: ['uploads'],
    security: tokenNeeded,
    request: {
      params: DigestParameter,
      body: { required: true, content: { 'application/octet-stream': { schema: bytesSchema } } },
    },
    responses: {
      201: jsonAnswer('Stored', StoredObject),
      ...problems('unauthenticated', 'forbidden', 'digest-mismatch', 'too-large', 'quota-exceeded'),
    },
  });

  app.openapi(route, async (c) => {
    const call = c.get('call');
    const caller = requireSubmitter(call);
    const { digest } = c.req.valid('param');
    call.untimed();
    const stored = await takeBody(c, deps.limits.objectBytesMax, (bytes) =>
      deps.plane.upload(caller, hexOf(digest), bytes),
    );
    return replyJson(c, 201, stored, { ...noStore, location: `/v1/objects/${digest}` });
  });
}
