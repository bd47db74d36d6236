import { createRoute, z } from '@hono/zod-openapi';
import { provenancePredicateType } from '#schemas/predicate-types.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { anyone, DigestParameter, emptyAnswer, hexOf, jsonAnswer, problems } from '../route.ts';
import { clientPaths, readBy } from './client-paths.ts';
import { jsonContent, nothingAbout, publicBundles, replyShared } from './public-bundles.ts';

const Answer = z
  .strictObject({ attestations: z.array(z.strictObject({ bundle: z.unknown() })) })
  .openapi('RepositoryAttestations');

const Owner = z.string().regex(/^[A-Za-z0-9._-]{1,100}$/);

/** Short names that the REST api takes for predicate types; any other is a type in full. */
const shortNames: Readonly<Record<string, string>> = { provenance: provenancePredicateType };

/**
 * The bundles about a file in the shape of GitHub's REST api, as `gh attestation verify` reads it. The digest alone
 * decides; owner and repository are the asker's and are not looked at, because nothing of ours is signed by them.
 */
export function repositoryAttestations(app: Api, deps: ApiDependencies): void {
  const { repository, organisation, enterprisePrefix } = clientPaths;
  const places = [
    {
      name: 'Repository',
      path: repository,
      params: z.object({ owner: Owner, repository: Owner, ...DigestParameter.shape }),
    },
    { name: 'Owner', path: organisation, params: z.object({ owner: Owner, ...DigestParameter.shape }) },
  ];
  for (const prefix of ['', enterprisePrefix]) {
    for (const { name, path, params } of places) {
      const route = createRoute({
        method: 'get',
        path: `${prefix}${path}`,
        operationId: `get${name}Attestations${prefix === '' ? '' : 'OfEnterprise'}`,
        summary: readBy.repository,
        description: 'Found by the digest; owner and repository may be any.',
        tags: ['consumers'],
        security: anyone,
        request: {
          params,
          query: z.object({
            per_page: z.coerce.number().int().min(1).max(100).default(30),
            predicate_type: z.string().max(300).optional(),
          }),
          headers: z.object({ 'if-none-match': z.string().optional() }),
        },
        responses: {
          200: jsonAnswer('At least one bundle, newest first', Answer),
          304: emptyAnswer('Not changed since the ETag that was given'),
          ...problems('nothing-to-verify', 'unauthenticated'),
        },
      });

      app.openapi(route, async (c) => {
        const { digest } = c.req.valid('param');
        const { per_page: perPage, predicate_type: asked } = c.req.valid('query');
        const type = asked === undefined ? undefined : (shortNames[asked] ?? asked);
        const all = await publicBundles(deps, hexOf(digest));
        const shown = all
          .filter(({ predicateType }) => type === undefined || predicateType === type)
          .slice(0, perPage);
        if (shown.length === 0) throw nothingAbout(`${digest} with that predicate type`);
        return replyShared(c, shown, jsonContent, () =>
          JSON.stringify({ attestations: shown.map(({ bundle }) => ({ bundle })) }),
        );
      });
    }
  }
}
