import { z } from '@hono/zod-openapi';
import { Served } from '#schemas/gateway.ts';
import type { Caller } from '#services/control/control-plane.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { limitBody } from '../json-body.ts';
import { webStream } from '../objects/get.ts';
import { noStore, replyEmpty, replyJson, replyStream } from '../reply.ts';
import { takeBody } from '../uploads/request-bytes.ts';
import { jobIdOf, jsonOf, parsed, sha256Of } from './lease-token.ts';
import { objectHeaders } from './jobs.ts';
import { machine } from './machine.ts';

const Record = z.strictObject({ fence: z.int().positive(), served: Served });

/** What the gateway calls, with its own token. */
export function internalGateway(app: Api, { plane, authenticate, limits }: ApiDependencies): void {
  const gatewayOnly = (scope: Caller['scope']): boolean => scope === 'gateway';

  app.get('/internal/gateway/objects/:digest', async (c) => {
    const caller = await machine(c, authenticate, gatewayOnly);
    const { bytes, size } = await plane.gatewayObject(caller, sha256Of(c));
    c.get('call').untimed();
    return replyStream(c, 200, webStream(bytes), objectHeaders(size));
  });

  app.put('/internal/gateway/objects/:digest', async (c) => {
    const caller = await machine(c, authenticate, gatewayOnly);
    const sha256 = sha256Of(c);
    c.get('call').untimed();
    const stored = await takeBody(c, limits.objectBytesMax, (bytes) =>
      plane.putGatewayObject(caller, sha256, bytes),
    );
    return replyJson(c, 201, stored, noStore);
  });

  app.post('/internal/gateway/sessions/:id/served', limitBody(limits.jsonBytesMax), async (c) => {
    const caller = await machine(c, authenticate, gatewayOnly);
    const { fence, served } = parsed(Record, await jsonOf(c));
    await plane.recordServed(caller, jobIdOf(c), fence, served);
    return replyEmpty(c, 204);
  });

  app.get('/internal/gateway/sessions/:id/record', async (c) => {
    const caller = await machine(c, authenticate, gatewayOnly);
    return replyJson(c, 200, { served: await plane.replayRecord(caller, jobIdOf(c)) }, noStore);
  });
}
