import { z } from '@hono/zod-openapi';
import { PublishedKey } from '#schemas/trust.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { limitBody } from '../json-body.ts';
import { replyEmpty } from '../reply.ts';
import { jsonOf, parsed } from './lease-token.ts';
import { machine } from './machine.ts';

const NewSigner = z.strictObject({
  builderId: PublishedKey.shape.builderId,
  log: z.boolean(),
  key: PublishedKey.pick({ hint: true, publicKeyPem: true }).optional(),
});

/** The attester says how it signs, and publishes its public key, when it starts. */
export function internalSigners(app: Api, { plane, authenticate, limits }: ApiDependencies): void {
  app.post('/internal/signers', limitBody(limits.jsonBytesMax), async (c) => {
    const caller = await machine(c, authenticate, (scope) => scope === 'worker:attest');
    const { key, ...signer } = parsed(NewSigner, await jsonOf(c));
    await plane.registerSigner(caller, { ...signer, ...(key ? { key } : {}) });
    return replyEmpty(c, 204);
  });
}
