import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** What is sent back; `broken`: the connection is cut without an answer. `hangs`: it stays open, and silent. */
export type Reply =
  | { readonly status: number; readonly body: Uint8Array | string; readonly headers?: Record<string, string> }
  | 'broken'
  | 'hangs';

/** An HTTP server on loopback that remembers all that it was sent, and whose answers a test can replace. */
export class AnsweringServer {
  readonly url: string;
  readonly received: Received[] = [];
  /** What it does in earnest. A test may take it to tamper with the answer. */
  readonly inEarnest: (request: Received) => Promise<Reply>;
  answer: (request: Received) => Promise<Reply> | Reply;
  readonly #server: Server;

  private constructor(server: Server, inEarnest: (request: Received) => Promise<Reply>) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.inEarnest = inEarnest;
    this.answer = inEarnest;
  }

  static async start(inEarnest: (request: Received) => Promise<Reply>): Promise<AnsweringServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const answering = new AnsweringServer(server, inEarnest);
    server.on('request', async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const { method = '', url: path = '', headers } = request;
      const received = { method, path, headers, body: Buffer.concat(chunks) };
      answering.received.push(received);
      const reply = await answering.answer(received);
      if (reply === 'broken') request.socket.destroy();
      else if (reply !== 'hangs') response.writeHead(reply.status, reply.headers).end(reply.body);
    });
    return answering;
  }

  /** Forgets what it received and answers in earnest again. */
  reset(): void {
    this.received.length = 0;
    this.answer = this.inEarnest;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
