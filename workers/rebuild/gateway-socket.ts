import { constants, createReadStream } from 'node:fs';
import { chmod, open } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { request } from 'undici';

const pathLengthMax = 2048;
const answerTimeoutMs = 300_000;

/** Headers of an answer that a registry's client needs; everything else stays outside. */
const passedHeaders = ['content-type', 'content-length', 'retry-after'] as const;

export interface GatewaySocket {
  /** Host path of the unix socket, open to the sandbox's user. */
  readonly path: string;
  close(): Promise<void>;
}

/** An answer that is there already. `file` holds its body. */
export interface KnownAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly size: number;
  readonly file: string;
}

/** What is asked for is a decoded path below the session, as the gateway's record has it. */
type FindAnswer = (path: string, accept: string | undefined) => KnownAnswer | undefined;

/**
 * An attempt's own way to the gateway: a unix socket in `folder` whose GETs go to `<gatewayUrl>/v1/build/<path>` with
 * the attempt's grant. The build never sees the grant and reaches nothing else of the gateway, nor anything beyond. What
 * `known` finds is answered from there, and the gateway is not asked.
 */
export async function openGatewaySocket(options: {
  readonly folder: string;
  readonly gatewayUrl: string;
  readonly grant: string;
  readonly known?: FindAnswer;
}): Promise<GatewaySocket> {
  const path = join(options.folder, 'gateway.sock');
  const stop = new AbortController();
  const server = createServer((asked, answer) => {
    forward(asked, answer, options, stop.signal).catch(() => answer.destroy());
  });
  // A socket's own name has 107 bytes at most (unix(7)); a job's folder may be deeper than that.
  const folder = await open(options.folder, constants.O_RDONLY | constants.O_DIRECTORY);
  await once(server.listen(`/proc/self/fd/${folder.fd}/gateway.sock`), 'listening');
  await chmod(path, 0o666);
  return {
    path,
    close: async () => {
      stop.abort();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      await folder.close();
    },
  };
}

/** Where a request of the build goes, or undefined where it would leave its session. Pure. */
export function sessionUrl(gatewayUrl: string, target: string): URL | undefined {
  if (!target.startsWith('/') || target.length > pathLengthMax) return undefined;
  const base = new URL(`${gatewayUrl}/v1/build/`);
  const text = `${gatewayUrl}/v1/build${target}`;
  if (!URL.canParse(text)) return undefined;
  // What the parser made of dots and backslashes is what counts.
  const url = new URL(text);
  return url.origin === base.origin && url.pathname.startsWith(base.pathname) && url.username === ''
    ? url
    : undefined;
}

async function forward(
  asked: IncomingMessage,
  answer: ServerResponse,
  { gatewayUrl, grant, known }: { gatewayUrl: string; grant: string; known?: FindAnswer },
  stop: AbortSignal,
): Promise<void> {
  if (asked.method !== 'GET') return refuse(answer, 405, 'Only GET is answered.');
  const url = sessionUrl(gatewayUrl, asked.url ?? '');
  if (url === undefined) return refuse(answer, 400, 'That is not a path of the registry.');
  const { accept } = asked.headers;
  const path = known === undefined ? undefined : recordedPath(gatewayUrl, url);
  const answered = path === undefined ? undefined : known?.(path, accept);
  if (answered !== undefined) return giveKnown(answer, answered);
  const gone = new AbortController();
  answer.once('close', () => gone.abort());
  const reply = await request(url, {
    method: 'GET',
    headers: { authorization: `Bearer ${grant}`, accept: accept ?? '*/*' },
    signal: AbortSignal.any([stop, gone.signal]),
    headersTimeout: answerTimeoutMs,
    bodyTimeout: answerTimeoutMs,
  }).catch(() => undefined);
  if (reply === undefined) return refuse(answer, 503, 'The gateway is not reached.');
  const headers: Record<string, string> = {};
  for (const name of passedHeaders) {
    const value = reply.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  answer.writeHead(reply.statusCode, headers);
  await pipeline(reply.body, answer);
}

/** As the gateway decodes it; undefined for what is no text. */
function recordedPath(gatewayUrl: string, url: URL): string | undefined {
  const base = new URL(`${gatewayUrl}/v1/build`);
  try {
    return decodeURIComponent(url.pathname.slice(base.pathname.length));
  } catch {
    return undefined;
  }
}

async function giveKnown(answer: ServerResponse, known: KnownAnswer): Promise<void> {
  const headers = { 'content-type': known.contentType, 'content-length': String(known.size) };
  answer.writeHead(known.status, headers);
  await pipeline(createReadStream(known.file), answer);
}

function refuse(answer: ServerResponse, status: number, text: string): void {
  answer.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}
