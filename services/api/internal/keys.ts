import { z } from '@hono/zod-openapi';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { limitBody } from '../json-body.ts';
import { replyEmpty } from '../reply.ts';
import { jsonOf, parsed } from './lease-token.ts';
import { machine } from './machine.ts';

const NewKey = z.strictObject({
  hint: z.string().min(1).max(100),
  publicKeyPem: z.string().startsWith('-----BEGIN PUBLIC KEY-----').max(4096),
  builderId: z.string().min(1).max(500),
});

/** The attester publishes its public key when it starts. */
export function internalKeys(app: Api, { plane, authenticate, limits }: ApiDependencies): void {
  app.post('/internal/keys', limitBody(limits.jsonBytesMax), async (c) => {
    const caller = await machine(c, authenticate, (scope) => scope === 'worker:attest');
    await plane.registerKey(caller, parsed(NewKey, await jsonOf(c)));
    return replyEmpty(c, 204);
  });
}
