import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { Hono } from 'hono';
import { asAppError, AppError } from '#core/errors/app-error.ts';
import type { Logger } from '#services/log/logger.ts';
import { verifyGrant } from './grant.ts';
import { Replays } from './replay.ts';
import { answerRecording, type GatewayDeps, type Reply } from './session.ts';

const prefix = '/v1/build';
const pathMax = 2048;

/** The gateway's own interface: `GET /v1/build/<path>` with a grant, and `/healthz`. Nothing else is answered. */
export function createGatewayApp(deps: GatewayDeps & { key: Uint8Array; log: Logger }): Hono {
  const replays = new Replays(deps);
  const app = new Hono();
  app.get('/healthz', (c) => c.text('ok\n'));
  app.all(`${prefix}/*`, async (c) => {
    if (c.req.method !== 'GET') throw new AppError('method-not-allowed', 'Only GET is answered.');
    const grant = await verifyGrant(c.req.header('authorization'), deps.key, deps.now());
    const asked = {
      path: askedPath(c.req.url),
      accept: c.req.header('accept'),
      signal: AbortSignal.any([deps.stop, c.req.raw.signal]),
    };
    const reply =
      grant.mode === 'replay'
        ? await replays.answer(asked, grant)
        : await answerRecording(asked, grant, deps);
    return send(reply);
  });
  app.notFound((c) => c.text('There is nothing here.\n', 404));
  app.onError((error) => answerError(error, deps.log));
  return app;
}

/** Below the session, decoded. @throws AppError `invalid-request` for what no registry has */
function askedPath(url: string): string {
  const path = decode(new URL(url).pathname.slice(prefix.length));
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  if (path === undefined || path.length > pathMax || /[\u0000-\u001f\u007f\\]|\/\.\.?(?:\/|$)/.test(path))
    throw new AppError('invalid-request', 'That path is not one of a registry.');
  return path;
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

async function send({ status, contentType, body }: Reply): Promise<Response> {
  const headers = {
    'content-type': contentType,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  };
  if (Buffer.isBuffer(body))
    return new Response(new Uint8Array(body), {
      status,
      headers: { ...headers, 'content-length': String(body.length) },
    });
  const file = await open(body.path);
  const stream = Readable.toWeb(file.createReadStream()) as ReadableStream<Uint8Array>;
  return new Response(stream, { status, headers: { ...headers, 'content-length': String(body.size) } });
}

/** What failed on our side is worth another try to a registry's client: 503. */
function answerError(error: Error, log: Logger): Response {
  const known = asAppError(error);
  const status = known.status >= 500 || known.status === 499 ? 503 : known.status;
  if (known.code === 'internal') log.error({ err: error }, 'a request failed');
  else log.info({ code: known.code, status }, known.message);
  const text = known.code === 'internal' ? 'A fault of the gateway.' : known.message;
  return new Response(`${text}\n`, {
    status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      ...(status === 405 ? { allow: 'GET' } : {}),
    },
  });
}
