import { createRoute, z } from '@hono/zod-openapi';
import { type Call, requireAdmin } from '../call.ts';
import { SigningKeys } from '../components.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { noStore, replyJson } from '../reply.ts';
import { jsonAnswer, problems, tokenNeeded } from '../route.ts';

/** A key's hint in a path: base64url without padding, so that it has no slash. */
const HintParameter = z.object({
  hint: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/, 'a key hint as base64url, 43 characters')
    .openapi({ param: { name: 'hint', in: 'path' }, example: '0'.repeat(43) }),
});

const answers = {
  200: jsonAnswer('The key as it is now, once for each builder that it signed for', SigningKeys),
  ...problems('unauthenticated', 'forbidden', 'not-found', 'conflict'),
};

export function retireKey(app: Api, deps: ApiDependencies): void {
  addWithdrawal(app, {
    verb: 'retire',
    summary: 'Let nothing more be signed with a key; what it signed stays good',
    description:
      'Start the attester with the new key first: both verify. A verifier believes a retired key where a trusted time says that it signed before it was retired.',
    withdraw: (call, hint) => deps.plane.retireKey(requireAdmin(call), hint),
  });
}

export function revokeKey(app: Api, deps: ApiDependencies): void {
  addWithdrawal(app, {
    verb: 'revoke',
    summary: 'Take back all that a key signed, for ever',
    description:
      'For a key that somebody else may have had. What it signed is shown as `revoked`, and is signed again with the present key where the attester can still vouch for it.',
    withdraw: (call, hint) => {
      const caller = requireAdmin(call);
      call.untimed();
      return deps.plane.revokeKey(caller, hint);
    },
  });
}

/** One way in which the use of a key ends. */
interface Withdrawal {
  readonly verb: 'retire' | 'revoke';
  readonly summary: string;
  readonly description: string;
  readonly withdraw: (call: Call, hint: string) => Promise<z.input<typeof SigningKeys>['keys']>;
}

function addWithdrawal(app: Api, { verb, summary, description, withdraw }: Withdrawal): void {
  const route = createRoute({
    method: 'post',
    path: `/v1/keys/{hint}/${verb}`,
    operationId: `${verb}Key`,
    summary,
    description,
    tags: ['keys'],
    security: tokenNeeded,
    request: { params: HintParameter },
    responses: answers,
  });
  app.openapi(route, async (c) => {
    const keys = await withdraw(c.get('call'), hintOf(c.req.valid('param').hint));
    return replyJson(c, 200, { keys }, noStore);
  });
}

/** The hint as bundles have it: base64 with padding. */
function hintOf(parameter: string): string {
  return Buffer.from(parameter, 'base64url').toString('base64');
}
