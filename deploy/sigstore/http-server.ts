import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';

/** A server of ours that can be stopped and started again on the same port. */
export class HttpServer {
  readonly #port: number;
  readonly #host: string;
  readonly #answer: RequestListener;
  #server: Server | undefined;

  constructor(port: number, host: string, answer: RequestListener) {
    this.#port = port;
    this.#host = host;
    this.#answer = answer;
  }

  async start(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer(this.#answer);
    server.listen(this.#port, this.#host);
    await once(server, 'listening');
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  async kill(): Promise<void> {
    await this.stop();
  }
}
