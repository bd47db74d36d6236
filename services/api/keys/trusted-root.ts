import { createRoute, z } from '@hono/zod-openapi';
import { AppError } from '#core/errors/app-error.ts';
import type { TrustDocument as Trust } from '#schemas/trust.ts';
import { TrustDocument } from '../components.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { replyJson, replyText } from '../reply.ts';
import { anyone, jsonAnswer, problems } from '../route.ts';

const cached = { 'cache-control': 'public, max-age=60' } as const;
const warning =
  'A root from the service that it is to check proves little: compare it with one that reached you another way.';

/** All that this service can be verified with; its Sigstore part alone, too, for other tools. */
export function trustedRoot(app: Api, deps: ApiDependencies): void {
  const whole = createRoute({
    method: 'get',
    path: '/v1/trusted-root',
    operationId: 'getTrustedRoot',
    summary: 'The keys of this service with their validity, and the Sigstore root of its witnesses',
    description: warning,
    tags: ['keys'],
    security: anyone,
    responses: { 200: jsonAnswer('The document', TrustDocument), ...problems('unauthenticated') },
  });
  app.openapi(whole, async (c) => {
    const document: Trust = {
      schemaVersion: 1,
      keys: await deps.plane.keys(),
      ...(deps.sigstoreRoot === undefined ? {} : { sigstore: deps.sigstoreRoot }),
    };
    return replyJson(c, 200, document, cached);
  });

  const sigstore = createRoute({
    method: 'get',
    path: '/v1/trusted-root/sigstore',
    operationId: 'getSigstoreRoot',
    summary: 'The operator’s Sigstore trusted_root.json, byte for byte',
    description: warning,
    tags: ['keys'],
    security: anyone,
    responses: {
      200: jsonAnswer('As `cosign --trusted-root` reads it', z.unknown()),
      ...problems('unauthenticated', 'not-found'),
    },
  });
  app.openapi(sigstore, async (c) => {
    if (deps.sigstoreRoot === undefined)
      throw new AppError('not-found', 'This service signs without a Sigstore root.', {
        hint: 'Its keys are under /v1/keys.',
      });
    return replyText(c, 200, deps.sigstoreRoot, { 'content-type': 'application/json', ...cached });
  });
}
