import { createRoute, z } from '@hono/zod-openapi';
import { AppError } from '#core/errors/app-error.ts';
import { Purl } from '#schemas/artifact.ts';
import { Sha256 } from '#schemas/digest.ts';
import type { Lookup } from '#schemas/rebuild.ts';
import { LookupKind } from '#schemas/verdict.ts';
import type { Caller } from '#services/control/control-plane.ts';
import { VerdictSummary } from '../components.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { limitBody } from '../json-body.ts';
import { noStore, replyJson } from '../reply.ts';
import { anyone, jsonAnswer, jsonRequest, problems } from '../route.ts';
import { inOrder } from './in-order.ts';

const queriesMax = 1000;
/** Look-ups of one batch at once: a batch must not take every database connection. */
const atOnce = 4;

const Query = z.union([z.strictObject({ purl: Purl }), z.strictObject({ sha256: Sha256 })]);
type Query = z.infer<typeof Query>;

const BatchRequest = z
  .strictObject({ queries: z.array(Query).min(1).max(queriesMax) })
  .openapi('VerdictBatchRequest');

const BatchAnswer = z
  .strictObject({
    schemaVersion: z.literal(1),
    counts: z
      .record(LookupKind, z.int().nonnegative())
      .describe('answers by verdict; those with an error count as unknown'),
    errors: z.int().nonnegative(),
    answers: z.array(VerdictSummary).describe('in the order of the queries'),
  })
  .openapi('VerdictBatch');
type BatchAnswer = z.infer<typeof BatchAnswer>;

export function lookUpBatch(app: Api, deps: ApiDependencies): void {
  const route = createRoute({
    method: 'post',
    path: '/v1/verdicts:batch',
    operationId: 'lookUpBatch',
    summary: `What is known of up to ${queriesMax} package URLs or digests`,
    tags: ['verdicts'],
    security: anyone,
    middleware: [limitBody(deps.limits.jsonBytesMax)],
    request: { body: jsonRequest(BatchRequest) },
    responses: {
      200: jsonAnswer('One answer for each query', BatchAnswer),
      ...problems('unauthenticated', 'too-large', 'unsupported-media-type'),
    },
  });

  app.openapi(route, async (c) => {
    const { caller } = c.get('call');
    const { queries } = c.req.valid('json');
    const answers = await inOrder(queries, atOnce, (query) => answerOne(deps, caller, query));
    return replyJson(c, 200, summary(answers), noStore);
  });
}

/** A query that cannot be understood is answered as unknown with its error; the others are not lost for it. */
async function answerOne(deps: ApiDependencies, caller: Caller, query: Query): Promise<VerdictSummary> {
  try {
    return summarise(await deps.plane.lookup(caller, query));
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500) throw error;
    const detail = error.message.slice(0, 2000);
    return { query, verdict: 'unknown', detail, attestations: [], supplied: 0, error: error.code };
  }
}

function summarise({ query, verdict, detail, result, supplied }: Lookup): VerdictSummary {
  const shown = result && {
    artifact: result.artifact,
    level: result.level,
    rebuildId: result.rebuild.id,
    ...(result.rebuild.finishedAt === undefined ? {} : { finishedAt: result.rebuild.finishedAt }),
  };
  const attestations = (result?.attestations ?? []).map(({ predicateType, state, digest }) => ({
    predicateType,
    state,
    ...(digest === undefined ? {} : { digest }),
  }));
  return { query, verdict, detail, ...shown, attestations, supplied: supplied.length };
}

function summary(answers: VerdictSummary[]): BatchAnswer {
  const counts = Object.fromEntries(
    LookupKind.options.map((kind) => [kind, answers.filter(({ verdict }) => verdict === kind).length]),
  ) as BatchAnswer['counts'];
  const errors = answers.filter(({ error }) => error !== undefined).length;
  return { schemaVersion: 1, counts, errors, answers };
}
