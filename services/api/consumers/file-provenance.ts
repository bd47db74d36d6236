import { createRoute, z } from '@hono/zod-openapi';
import { AppError } from '#core/errors/app-error.ts';
import { FileName } from '#schemas/artifact.ts';
import { provenancePredicateType } from '#schemas/predicate-types.ts';
import { anonymous } from '../call.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { anyone, emptyAnswer, jsonAnswer, problems } from '../route.ts';
import { clientPaths, distributionMediaType, purlOfProject } from './client-paths.ts';
import { provenanceObject } from './integrity-object.ts';
import { nothingAbout, publicBundles, replyShared } from './public-bundles.ts';

const Answer = z
  .strictObject({
    version: z.literal(1),
    attestation_bundles: z.array(
      z.strictObject({ publisher: z.object({ kind: z.string() }), attestations: z.array(z.unknown()) }),
    ),
  })
  .openapi('FileProvenance');

const Part = z.string().min(1).max(200);

/** The provenance of one published file in the shape of PEP 740. Clients of it take provenance alone. */
export function fileProvenance(app: Api, deps: ApiDependencies): void {
  const route = createRoute({
    method: 'get',
    path: clientPaths.distribution,
    operationId: 'getFileProvenance',
    summary: 'The public provenance of a file, in the shape of PEP 740',
    description:
      'Only bundles that the shape can carry whole: signed with a certificate of a publisher that it knows, and logged with an inclusion proof and a time.',
    tags: ['consumers'],
    security: anyone,
    request: {
      params: z.object({ project: Part, version: Part, filename: FileName }),
      headers: z.object({ 'if-none-match': z.string().optional() }),
    },
    responses: {
      200: jsonAnswer('A provenance object', Answer),
      304: emptyAnswer('Not changed since the ETag that was given'),
      ...problems('nothing-to-verify', 'invalid-purl', 'unauthenticated'),
    },
  });

  app.openapi(route, async (c) => {
    const { project, version, filename } = c.req.valid('param');
    const purl = purlOfProject(project, version);
    const file = (await deps.plane.filesOf(anonymous, purl)).find((each) => each.file === filename);
    if (!file) throw nothingAbout(`${filename} of ${purl}`);
    const bundles = (await publicBundles(deps, file.sha256)).filter(
      ({ predicateType }) => predicateType === provenancePredicateType,
    );
    const made = provenanceObject(bundles);
    if ('reason' in made)
      throw new AppError(
        'nothing-to-verify',
        `What is signed about ${filename} cannot be told in the shape of PEP 740: ${made.reason}.`,
        { hint: `GET /v1/artifacts/sha256:${file.sha256}/attestations has all of it.` },
      );
    return replyShared(c, bundles, distributionMediaType, () => JSON.stringify(made.object));
  });
}
