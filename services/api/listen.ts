import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { Api } from './dependencies.ts';

/** A server that answers; `close` ends idle connections at once and others after `graceMs`. */
export interface Listening {
  readonly url: string;
  close(graceMs?: number): Promise<void>;
}

/**
 * Serves the app over HTTP/1.1, with bounds on slow senders: 10 s for the headers, 15 min for a whole request (the
 * largest upload on a slow line).
 */
export async function listen(app: Api, address: { host: string; port: number }): Promise<Listening> {
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: {
      headersTimeout: 10_000,
      requestTimeout: 900_000,
      keepAliveTimeout: 65_000,
      maxHeaderSize: 16 * 1024,
    },
  }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return { url: `http://${host}:${port}`, close: (graceMs = 5000) => close(server, graceMs) };
}

/** Connections whose last answer ended after `close` was called are idle then, and kept alive by nobody else. */
async function close(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const sweep = setInterval(() => server.closeIdleConnections(), 25);
  const force = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(force);
}
