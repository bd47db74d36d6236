import { z } from '@hono/zod-openapi';
import { ProgressEvent } from '#schemas/jobs.ts';
import { HostileText } from '#schemas/text.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { limitBody } from '../json-body.ts';
import { webStream } from '../objects/get.ts';
import { noStore, replyEmpty, replyJson, replyStream } from '../reply.ts';
import { takeBody } from '../uploads/request-bytes.ts';
import { jobIdOf, jsonOf, leaseToken, parsed, sha256Of } from './lease-token.ts';
import { machine } from './machine.ts';

const Claim = z.strictObject({ worker: z.string().min(1).max(100) });
const Progress = z.strictObject({ events: z.array(ProgressEvent).max(10_000) });
const Release = z.strictObject({ detail: HostileText });

/** What workers call (docs/architecture.md): the worker's token claims, the lease's token does the rest. */
export function internalJobs(app: Api, { plane, authenticate, limits }: ApiDependencies): void {
  const bounded = limitBody(limits.internalJsonBytesMax);

  app.post('/internal/jobs/:id/claim', bounded, async (c) => {
    const caller = await machine(c, authenticate, (scope) => scope.startsWith('worker:'));
    const { worker } = parsed(Claim, await jsonOf(c));
    return replyJson(c, 200, await plane.claim(caller, jobIdOf(c), worker), noStore);
  });

  app.post('/internal/jobs/:id/heartbeat', async (c) =>
    replyJson(c, 200, await plane.heartbeat(jobIdOf(c), leaseToken(c)), noStore),
  );

  app.post('/internal/jobs/:id/progress', bounded, async (c) => {
    const token = leaseToken(c);
    const { events } = parsed(Progress, await jsonOf(c));
    await plane.progress(jobIdOf(c), token, events);
    return replyEmpty(c, 204);
  });

  app.post('/internal/jobs/:id/report', bounded, async (c) => {
    const token = leaseToken(c);
    await plane.report(jobIdOf(c), token, await jsonOf(c));
    return replyEmpty(c, 204);
  });

  app.post('/internal/jobs/:id/release', bounded, async (c) => {
    const token = leaseToken(c);
    const { detail } = parsed(Release, await jsonOf(c));
    await plane.release(jobIdOf(c), token, detail);
    return replyEmpty(c, 204);
  });

  app.get('/internal/jobs/:id/objects/:digest', async (c) => {
    const { bytes, size } = await plane.jobObject(jobIdOf(c), leaseToken(c), sha256Of(c));
    c.get('call').untimed();
    return replyStream(c, 200, webStream(bytes), objectHeaders(size));
  });

  app.put('/internal/jobs/:id/objects/:digest', async (c) => {
    const [id, token, sha256] = [jobIdOf(c), leaseToken(c), sha256Of(c)];
    c.get('call').untimed();
    const stored = await takeBody(c, limits.objectBytesMax, (bytes) =>
      plane.putJobObject(id, token, sha256, bytes),
    );
    return replyJson(c, 201, stored, noStore);
  });
}

export function objectHeaders(size: number): Record<string, string> {
  return { ...noStore, 'content-type': 'application/octet-stream', 'content-length': String(size) };
}
