import { once } from 'node:events';
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openGatewaySocket, sessionUrl, type GatewaySocket } from '#workers/rebuild/gateway-socket.ts';

const seen: IncomingMessage[] = [];
const upstream = createServer((asked, answer) => {
  seen.push(asked);
  answer.writeHead(asked.url?.endsWith('/missing') === true ? 404 : 200, {
    'content-type': 'application/json',
    'set-cookie': 'session=1',
    location: 'http://192.0.2.1/',
  });
  answer.end(`answer to ${asked.url}`);
});
let folder: string;
let socket: GatewaySocket;

beforeAll(async () => {
  await once(upstream.listen(0, '127.0.0.1'), 'listening');
  folder = await mkdtemp(join(tmpdir(), 'assay-socket-'));
  const { port } = upstream.address() as AddressInfo;
  // Deeper than a socket's own name could be.
  const deep = join(folder, 'a-job-folder-with-a-long-name'.repeat(4));
  await mkdir(deep);
  socket = await openGatewaySocket({
    folder: deep,
    gatewayUrl: `http://127.0.0.1:${port}`,
    grant: 'the-grant',
    known: (path, accept) => {
      if (path !== '/files/known one') return undefined;
      return { status: 203, contentType: accept ?? '', size: 5, file: join(folder, 'known') };
    },
  });
  await writeFile(join(folder, 'known'), 'known');
});

afterAll(async () => {
  await socket.close();
  upstream.closeAllConnections();
  upstream.close();
  await rm(folder, { recursive: true, force: true });
});

async function ask(path: string, method = 'GET') {
  const handle = await open(dirname(socket.path));
  const asked = request({
    socketPath: `/proc/self/fd/${handle.fd}/${basename(socket.path)}`,
    path,
    method,
    headers: {
      authorization: 'Bearer of-the-build',
      cookie: 'x=1',
      accept: 'application/vnd.pypi.simple.v1+json',
    },
  });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const body = await text(answer);
  await handle.close();
  return { status: answer.statusCode, headers: answer.headers, body };
}

test("a build's GET goes to its own session with the grant, which the build neither sees nor sets", async () => {
  const answer = await ask('/simple/idna/?x=1');
  expect(answer).toMatchObject({ status: 200, body: 'answer to /v1/build/simple/idna/?x=1' });
  const asked = seen.at(-1);
  expect(asked?.headers.authorization).toBe('Bearer the-grant');
  expect(asked?.headers.accept).toBe('application/vnd.pypi.simple.v1+json');
  expect(asked?.headers.cookie).toBeUndefined();
  expect(answer.headers['set-cookie']).toBeUndefined();
  expect(answer.headers.location).toBeUndefined();
});

test('what the gateway refuses is passed on as it is', async () => {
  expect(await ask('/missing')).toMatchObject({ status: 404, body: 'answer to /v1/build/missing' });
});

test('what is known is answered from there, by the decoded path, and the gateway is not asked', async () => {
  const before = seen.length;
  const answer = await ask('/files/known%20one?x=1');
  expect(answer).toMatchObject({ status: 203, body: 'known' });
  expect(answer.headers).toMatchObject({
    'content-type': 'application/vnd.pypi.simple.v1+json',
    'content-length': '5',
  });
  expect(seen).toHaveLength(before);
  expect((await ask('/files/known')).status).toBe(200);
  expect((await ask('/files/%ff')).status).toBe(200);
  expect(seen).toHaveLength(before + 2);
});

test('nothing but GET is forwarded', async () => {
  const before = seen.length;
  for (const method of ['POST', 'PUT', 'DELETE']) expect((await ask('/simple/', method)).status).toBe(405);
  expect(seen).toHaveLength(before);
});

test.each([
  '/../../internal/x',
  '/%2e%2e/%2E%2E/internal',
  '/..\\..\\internal',
  '//../..//x/../../..',
  'http://192.0.2.1/x',
])('the target %j does not leave the session', async (target) => {
  const before = seen.length;
  expect((await ask(target)).status).toBe(400);
  expect(seen).toHaveLength(before);
});

test('no target at all leads out of the session', () => {
  const piece = fc.constantFrom(
    '/',
    '.',
    '..',
    '%2e',
    '%2F',
    '\\',
    '@',
    ':',
    '?',
    '#',
    'x',
    '//',
    'http:',
    '\t',
    ' ',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const url = sessionUrl('http://gateway.example:1', `/${pieces.join('')}`);
      expect(url === undefined || url.href.startsWith('http://gateway.example:1/v1/build/')).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
