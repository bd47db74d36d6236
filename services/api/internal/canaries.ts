import { z } from '@hono/zod-openapi';
import { Canary } from '#schemas/place.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { limitBody } from '../json-body.ts';
import { replyEmpty } from '../reply.ts';
import { jsonOf, parsed } from './lease-token.ts';
import { machine } from './machine.ts';

const Laid = z.strictObject({
  attester: z.string().min(1).max(100),
  canaries: z.array(Canary).max(2),
});

/** The attester says, when it starts, what it laid out for rebuild workers to try to reach. */
export function internalCanaries(app: Api, { plane, authenticate, limits }: ApiDependencies): void {
  app.post('/internal/canaries', limitBody(limits.jsonBytesMax), async (c) => {
    const caller = await machine(c, authenticate, (scope) => scope === 'worker:attest');
    const { attester, canaries } = parsed(Laid, await jsonOf(c));
    await plane.layCanaries(caller, attester, canaries);
    return replyEmpty(c, 204);
  });
}
