import { Readable } from 'node:stream';
import { createRoute, z } from '@hono/zod-openapi';
import { AppError } from '#core/errors/app-error.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { matchesEtag } from '../etag.ts';
import { privateToCaller, replyEmpty, replyStream } from '../reply.ts';
import { anyone, bytesAnswer, DigestParameter, emptyAnswer, hexOf, problems } from '../route.ts';
import { byteRange } from './byte-range.ts';

export function getObject(app: Api, deps: ApiDependencies): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/objects/{digest}',
    operationId: 'getObject',
    summary: 'The bytes of an object: an artifact, an output, a log, a bundle',
    description: 'Always as an attachment: what it holds was made by somebody else.',
    tags: ['objects'],
    security: anyone,
    request: {
      params: DigestParameter,
      headers: z.object({ range: z.string().optional(), 'if-none-match': z.string().optional() }),
    },
    responses: {
      200: bytesAnswer('All bytes'),
      206: bytesAnswer('The range that was asked for'),
      304: emptyAnswer('You have it'),
      ...problems('not-found', 'range-not-satisfiable', 'unauthenticated'),
    },
  });

  app.openapi(route, async (c) => {
    const call = c.get('call');
    const sha256 = hexOf(c.req.valid('param').digest);
    const { range: rangeHeader, 'if-none-match': ifNoneMatch } = c.req.valid('header');
    const whole = await deps.plane.object(call.caller, sha256);
    const headers = { ...attachment(sha256), ...privateToCaller(call.caller, 'max-age=31536000, immutable') };
    if (matchesEtag(ifNoneMatch, headers.etag)) {
      whole.bytes.destroy();
      return replyEmpty(c, 304, headers);
    }
    const range = c.req.header('if-range') === undefined ? byteRange(rangeHeader, whole.size) : undefined;
    if (range === undefined) {
      call.untimed();
      return replyStream(c, 200, webStream(whole.bytes), {
        ...headers,
        'content-length': String(whole.size),
      });
    }
    whole.bytes.destroy();
    if (range === 'unsatisfiable') {
      call.headers['content-range'] = `bytes */${whole.size}`;
      throw new AppError('range-not-satisfiable', `The object has ${whole.size} bytes`);
    }
    const [first, last] = range;
    const part = await deps.plane.object(call.caller, sha256, range);
    call.untimed();
    return replyStream(c, 206, webStream(part.bytes), {
      ...headers,
      'content-length': String(last - first + 1),
      'content-range': `bytes ${first}-${last}/${whole.size}`,
    });
  });
}

/** Nothing in a browser may take these bytes for a page of ours. `Repr-Digest`: RFC 9530. */
function attachment(sha256: string) {
  return {
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename="sha256-${sha256}"`,
    'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'cross-origin',
    'accept-ranges': 'bytes',
    'repr-digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
    etag: `"${sha256}"`,
  };
}

export function webStream(bytes: Readable): ReadableStream<Uint8Array> {
  return Readable.toWeb(bytes) as ReadableStream<Uint8Array>;
}
