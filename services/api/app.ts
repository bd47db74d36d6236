import { OpenAPIHono } from '@hono/zod-openapi';
import { AppError } from '#core/errors/app-error.ts';
import { getAttestations } from './artifacts/attestations.ts';
import { consumers } from './consumers/consumers.ts';
import type { Api, ApiDependencies, ApiEnv } from './dependencies.ts';
import { envelope } from './envelope.ts';
import { internalCanaries } from './internal/canaries.ts';
import { internalGateway } from './internal/gateway.ts';
import { internalJobs } from './internal/jobs.ts';
import { internalSigners } from './internal/signers.ts';
import { explainInvalid } from './invalid-request.ts';
import { listKeys } from './keys/list.ts';
import { trustedRoot } from './keys/trusted-root.ts';
import { retireKey, revokeKey } from './keys/withdraw.ts';
import { answerOtherMethods } from './method-not-allowed.ts';
import { getObject } from './objects/get.ts';
import { fromThrown, replyProblem } from './problem.ts';
import { cancelRebuild } from './rebuilds/cancel.ts';
import { followRebuild } from './rebuilds/events.ts';
import { getRebuild } from './rebuilds/get.ts';
import { getLevel } from './rebuilds/level.ts';
import { listRebuilds } from './rebuilds/list.ts';
import { publishRebuild } from './rebuilds/publish.ts';
import { submitRebuild } from './rebuilds/submit.ts';
import { summarizeRebuild } from './rebuilds/summaries.ts';
import { health } from './service/health.ts';
import { serveOpenApi } from './service/openapi.ts';
import { createToken } from './tokens/create.ts';
import { listTokens } from './tokens/list.ts';
import { revokeToken } from './tokens/revoke.ts';
import { putUpload } from './uploads/put.ts';
import { lookUpBatch } from './verdicts/batch.ts';
import { lookUpByDigest } from './verdicts/by-digest.ts';
import { lookUpByPurl } from './verdicts/by-purl.ts';

const operations = [
  submitRebuild,
  listRebuilds,
  getRebuild,
  getLevel,
  followRebuild,
  cancelRebuild,
  publishRebuild,
  summarizeRebuild,
  lookUpByPurl,
  lookUpByDigest,
  lookUpBatch,
  getAttestations,
  consumers,
  listKeys,
  retireKey,
  revokeKey,
  trustedRoot,
  getObject,
  putUpload,
  createToken,
  listTokens,
  revokeToken,
  health,
  serveOpenApi,
  internalJobs,
  internalGateway,
  internalSigners,
  internalCanaries,
] as const;

/** The whole HTTP interface over a control plane. Every answer that is not a success is a problem (RFC 9457). */
export function createApp(deps: ApiDependencies): Api {
  const app: Api = new OpenAPIHono<ApiEnv>({ defaultHook: explainInvalid });
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'A token of `assay token create`, or an OIDC id token of a trusted issuer',
  });
  app.use('*', envelope(deps));
  for (const operation of operations) operation(app, deps);
  answerOtherMethods(app);
  app.notFound((c) => replyProblem(c, new AppError('not-found', 'There is no such route')));
  app.onError((thrown, c) => {
    const error = fromThrown(thrown);
    if (error.status >= 500)
      deps.logger.error({ err: thrown, requestId: c.get('call').requestId, code: error.code }, error.message);
    return replyProblem(c, error);
  });
  return app;
}
