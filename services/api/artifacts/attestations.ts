import { createRoute, z } from '@hono/zod-openapi';
import { AppError } from '#core/errors/app-error.ts';
import { jsonDigest } from '#core/json/digest.ts';
import { Attestations } from '../components.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { matchesEtag } from '../etag.ts';
import { privateToCaller, replyEmpty, replyJson } from '../reply.ts';
import { anyone, DigestParameter, emptyAnswer, hexOf, jsonAnswer, problems } from '../route.ts';

export function getAttestations(app: Api, deps: ApiDependencies): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/artifacts/{digest}/attestations',
    operationId: 'getAttestations',
    summary: 'The signed bundles about a file, newest first',
    description:
      'Each bundle is also an object under its own digest, which never changes. This list can grow, and a bundle can be made anew, so it may be kept for a minute only: an old answer must not hide a newer verdict. What is not complete is not in it.',
    tags: ['artifacts'],
    security: anyone,
    request: {
      params: DigestParameter,
      headers: z.object({ 'if-none-match': z.string().optional() }),
    },
    responses: {
      200: jsonAnswer('At least one bundle', Attestations),
      304: emptyAnswer('Not changed since the ETag that was given'),
      ...problems('nothing-to-verify', 'unauthenticated'),
    },
  });

  app.openapi(route, async (c) => {
    const { caller } = c.get('call');
    const { digest } = c.req.valid('param');
    const attestations = await deps.plane.attestations(caller, hexOf(digest));
    if (attestations.length === 0)
      throw new AppError('nothing-to-verify', `There is no complete attestation about ${digest}`, {
        hint: 'Ask for a rebuild with `POST /v1/rebuilds`. One that has its verdict may still wait for its log or time stamp: then its attestations are `unlogged`.',
      });
    const etag = `"${jsonDigest(attestations.map((attestation) => attestation.digest)).sha256}"`;
    const headers = { etag, ...privateToCaller(caller, 'max-age=60') };
    if (matchesEtag(c.req.valid('header')['if-none-match'], etag)) return replyEmpty(c, 304, headers);
    return replyJson(c, 200, { attestations }, headers);
  });
}
