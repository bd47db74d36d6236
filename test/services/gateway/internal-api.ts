import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Served } from '#schemas/gateway.ts';

/** The api's internal routes for the gateway, over http and with their state in memory. */
export interface InternalApi {
  readonly url: string;
  readonly token: string;
  readonly objects: Map<string, Buffer>;
  /** By `<session>/<fence>`, in the order of arrival. */
  readonly served: Map<string, Served[]>;
  /** Record of an earlier attempt, by the session that replays it. */
  readonly records: Map<string, Served[]>;
  /** Sessions whose attempt is over. */
  readonly over: Set<string>;
  /** How often an object was sent. */
  puts: number;
  close(): Promise<void>;
}

export async function startInternalApi(): Promise<InternalApi> {
  const token = 'assay_gateway_0123456789abcdef';
  const state = {
    objects: new Map<string, Buffer>(),
    served: new Map<string, Served[]>(),
    records: new Map<string, Served[]>(),
    over: new Set<string>(),
    puts: 0,
  };
  const server = createServer((request, response) => {
    const problem = (status: number, code: string) => {
      response.writeHead(status, { 'content-type': 'application/problem+json' });
      response.end(
        JSON.stringify({
          type: `urn:assay:error:${code}`,
          title: code,
          status,
          code,
          retryable: false,
          requestId: 'test',
        }),
      );
    };
    void answer(request).catch((error: unknown) => {
      response.writeHead(500);
      response.end(String(error));
    });

    async function answer({ method, url, headers }: IncomingMessage): Promise<void> {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      if (headers.authorization !== `Bearer ${token}`) return problem(401, 'unauthenticated');
      const object = /^\/internal\/gateway\/objects\/sha256:([0-9a-f]{64})$/.exec(url ?? '')?.[1];
      if (object !== undefined && method === 'PUT') {
        if (createHash('sha256').update(body).digest('hex') !== object)
          return problem(422, 'digest-mismatch');
        state.puts += 1;
        state.objects.set(object, body);
        response.writeHead(201, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ digest: { sha256: object }, size: body.length }));
        return;
      }
      if (object !== undefined && method === 'GET') {
        const held = state.objects.get(object);
        if (held === undefined) return problem(404, 'not-found');
        response.writeHead(200, { 'content-length': held.length });
        response.end(held);
        return;
      }
      const [, session, what] =
        /^\/internal\/gateway\/sessions\/([^/]+)\/(served|record)$/.exec(url ?? '') ?? [];
      if (session !== undefined && what === 'served' && method === 'POST') {
        if (state.over.has(session)) return problem(409, 'stale-lease');
        const { fence, served } = JSON.parse(body.toString('utf8')) as { fence: number; served: Served };
        if (!state.objects.has(served.sha256)) return problem(404, 'not-found');
        const key = `${session}/${fence}`;
        state.served.set(key, [...(state.served.get(key) ?? []), served]);
        response.writeHead(204);
        response.end();
        return;
      }
      if (session !== undefined && what === 'record' && method === 'GET') {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ served: state.records.get(session) ?? [] }));
        return;
      }
      return problem(404, 'not-found');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(state, {
    url: `http://127.0.0.1:${port}`,
    token,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
