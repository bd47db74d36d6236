import { createRoute, z } from '@hono/zod-openapi';
import { requireSubmitter } from '../call.ts';
import { RebuildRequest, RebuildResult } from '../components.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { refuseUnless } from '../envelope.ts';
import { once, type KeptAnswer } from '../idempotency.ts';
import { limitBody } from '../json-body.ts';
import { RateLimiter } from '../rate-limit.ts';
import { noStore, replyJson } from '../reply.ts';
import { jsonAnswer, jsonRequest, problems, tokenNeeded } from '../route.ts';

/** Seconds after which a first look at a rebuild can be worth it. */
const retryAfterSeconds = 2;

export function submitRebuild(app: Api, deps: ApiDependencies): void {
  const route = createRoute({
    method: 'post',
    path: '/v1/rebuilds',
    operationId: 'submitRebuild',
    summary: 'Ask for a rebuild',
    description:
      'Of a package URL, of an uploaded artifact with a recipe and source, or of a finished rebuild again from its record. With `Idempotency-Key` the same request can be sent again safely for a day.',
    tags: ['rebuilds'],
    security: tokenNeeded,
    middleware: [limitBody(deps.limits.jsonBytesMax)],
    request: {
      headers: z.object({
        'idempotency-key': z
          .string()
          .regex(/^[\x21-\x7e]{1,255}$/, '1 to 255 visible ASCII characters')
          .optional(),
      }),
      body: jsonRequest(RebuildRequest),
    },
    responses: {
      202: jsonAnswer('Taken; `Location` is where it can be followed', RebuildResult),
      ...problems(
        'unauthenticated',
        'forbidden',
        'not-found',
        'invalid-purl',
        'invalid-recipe',
        'unsupported-ecosystem',
        'conflict',
        'idempotency-in-flight',
        'idempotency-mismatch',
        'too-large',
        'unsupported-media-type',
      ),
    },
  });
  const submissions = new RateLimiter({ name: 'submit', perMinute: deps.limits.submitPerMinute }, deps.now);

  app.openapi(route, async (c) => {
    const call = c.get('call');
    const caller = requireSubmitter(call);
    const request = c.req.valid('json');
    const key = c.req.valid('header')['idempotency-key'];
    if (caller.scope !== 'admin')
      refuseUnless(submissions.take(caller.subject), call, 'Too many rebuilds were asked for');

    const handle = async (): Promise<KeptAnswer> => {
      const body = await deps.plane.submit(caller, request);
      return { status: 202, headers: { location: `/v1/rebuilds/${body.rebuild.id}` }, body };
    };
    const answer =
      key === undefined
        ? await handle()
        : await once(deps.idempotency, { subject: caller.subject, key }, request, handle);
    return replyJson(c, answer.status, answer.body, {
      ...noStore,
      'retry-after': String(retryAfterSeconds),
      ...('replayed' in answer && answer.replayed ? { 'idempotency-replayed': 'true' } : {}),
      ...answer.headers,
    });
  });
}
