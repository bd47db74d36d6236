import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { anonymous } from '../call.ts';
import type { Api, ApiDependencies, ApiEnv } from '../dependencies.ts';
import { anyone, emptyAnswer, jsonAnswer, problems } from '../route.ts';
import { clientPaths, purlOfPackage, readBy } from './client-paths.ts';
import { jsonContent, nothingAbout, publicBundles, replyShared } from './public-bundles.ts';

const Answer = z
  .strictObject({
    attestations: z.array(z.strictObject({ predicateType: z.string(), bundle: z.unknown() })),
  })
  .openapi('PackageAttestations');

const Spec = z
  .string()
  .max(300)
  .regex(/^[^/]+@[^/@]+$|^@[^/]+\/[^/]+@[^/@]+$/, '<name>@<version>');
const Scope = z.string().max(214).startsWith('@');

/** The bundles about the file of one package version, in the shape that a registry's client is answered with. */
export function packageAttestations(app: Api, deps: ApiDependencies): void {
  const described = {
    method: 'get' as const,
    summary: readBy.package,
    tags: ['consumers'],
    security: anyone,
    responses: {
      200: jsonAnswer('At least one bundle, newest first', Answer),
      304: emptyAnswer('Not changed since the ETag that was given'),
      ...problems('nothing-to-verify', 'invalid-purl', 'unauthenticated'),
    },
  };
  const headers = z.object({ 'if-none-match': z.string().optional() });

  const answer = async (c: Context<ApiEnv>, scope: string | undefined, spec: string): Promise<Response> => {
    const at = spec.lastIndexOf('@');
    const purl = purlOfPackage(scope, spec.slice(0, at), spec.slice(at + 1));
    const { result } = await deps.plane.lookup(anonymous, { purl });
    const sha256 = result?.artifact.digest?.sha256;
    if (sha256 === undefined) throw nothingAbout(purl);
    const bundles = await publicBundles(deps, sha256);
    return replyShared(c, bundles, jsonContent, () =>
      JSON.stringify({
        attestations: bundles.map(({ predicateType, bundle }) => ({ predicateType, bundle })),
      }),
    );
  };

  const whole = createRoute({
    ...described,
    path: clientPaths.packageVersion,
    operationId: 'getPackageAttestations',
    request: { params: z.object({ spec: Spec }), headers },
  });
  app.openapi(whole, async (c) => {
    // Clients write the slash of a scope as %2f, so that it is one part of the path.
    const { spec } = c.req.valid('param');
    const slash = spec.indexOf('/');
    return slash < 0 ? answer(c, undefined, spec) : answer(c, spec.slice(0, slash), spec.slice(slash + 1));
  });
  const scoped = createRoute({
    ...described,
    path: clientPaths.scopedPackageVersion,
    operationId: 'getScopedPackageAttestations',
    request: { params: z.object({ scope: Scope, spec: Spec }), headers },
  });
  app.openapi(scoped, async (c) => {
    const { scope, spec } = c.req.valid('param');
    return answer(c, scope, spec);
  });
}
