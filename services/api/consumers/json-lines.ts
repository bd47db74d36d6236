import { createRoute, z } from '@hono/zod-openapi';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { anyone, DigestParameter, emptyAnswer, hexOf, problems } from '../route.ts';
import { publicBundles, replyShared } from './public-bundles.ts';

const Envelope = z.object({ dsseEnvelope: z.unknown() });

/**
 * Everything public about a file as JSON Lines: one bundle on each line, as `assay verify` and `gh --bundle` read it, or
 * the DSSE envelopes alone, as in-toto's `.intoto.jsonl` has them. An envelope has neither certificate nor log entry.
 * https://github.com/in-toto/attestation/blob/main/spec/v1/bundle.md
 */
export function attestationLines(app: Api, deps: ApiDependencies): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/artifacts/{digest}/attestations.intoto.jsonl',
    operationId: 'getAttestationLines',
    summary: 'The public bundles about a file, one on each line',
    tags: ['consumers'],
    security: anyone,
    request: {
      params: DigestParameter,
      query: z.object({ content: z.enum(['bundle', 'envelope']).default('bundle') }),
      headers: z.object({ 'if-none-match': z.string().optional() }),
    },
    responses: {
      200: {
        description: 'At least one line, newest first',
        content: { 'application/jsonl': { schema: z.string() } },
      },
      304: emptyAnswer('Not changed since the ETag that was given'),
      ...problems('nothing-to-verify', 'unauthenticated'),
    },
  });

  app.openapi(route, async (c) => {
    const bundles = await publicBundles(deps, hexOf(c.req.valid('param').digest));
    const { content } = c.req.valid('query');
    return replyShared(c, bundles, 'application/jsonl', () =>
      bundles
        .map(({ bundle }) => (content === 'bundle' ? bundle : Envelope.parse(bundle).dsseEnvelope))
        .map((line) => `${JSON.stringify(line)}\n`)
        .join(''),
    );
  });
}
