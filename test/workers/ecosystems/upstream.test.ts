import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#core/errors/app-error.ts';
import { publicUrl, Upstream, type UpstreamLimits } from '#workers/ecosystems/upstream.ts';
import { sha256 } from './pypi/local-registry.ts';
import { startLocalServer, type LocalServer } from './local-server.ts';

const ask = { sizeMax: 1000, signal: new AbortController().signal };
const open: { close(): Promise<void> }[] = [];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-upstream-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
  await rm(folder, { recursive: true });
});

async function serverOf(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<LocalServer> {
  const server = await startLocalServer(answer);
  open.push(server);
  return server;
}

function upstreamOf(server: LocalServer, limits: Partial<UpstreamLimits> = {}): Upstream {
  const upstream = new Upstream(
    { url: `${server.url.replace('//', '//reader:s3cr%65t@')}/simple` },
    { retries: 0, ...limits },
  );
  open.push(upstream);
  return upstream;
}

async function failureOf(promise: Promise<unknown>): Promise<AppError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof AppError) return error;
  throw new Error('it did not fail as it should', { cause: error });
}

describe('Upstream', () => {
  it('writes a file and says its digest', async () => {
    const server = await serverOf((_request, response) => response.end('hello'));
    const path = join(folder, 'file');
    expect(await upstreamOf(server).download(`${server.url}/a`, path, ask)).toEqual({
      sha256: sha256('hello'),
      size: 5,
    });
    expect(await readFile(path, 'utf8')).toBe('hello');
  });

  it.each([404, 410])('says undefined for %i', async (status) => {
    const server = await serverOf((_request, response) => response.writeHead(status).end());
    expect(await upstreamOf(server).read(`${server.url}/a`, ask)).toBeUndefined();
  });

  it('gives its credentials to its own origin only, also after a redirect', async () => {
    const elsewhere = await serverOf((_request, response) => response.end('ok'));
    const server = await serverOf((_request, response) =>
      response.writeHead(302, { location: `${elsewhere.url.replace('//', '//a:b@')}/file` }).end(),
    );
    const upstream = upstreamOf(server);
    expect((await upstream.read(`${server.url}/a`, ask))?.url).toBe(`${elsewhere.url}/file`);
    expect(server.asked[0]?.authorization).toBe(`Basic ${Buffer.from('reader:s3cret').toString('base64')}`);
    expect(elsewhere.asked[0]?.authorization).toBeUndefined();
  });

  it('follows no redirect without end, and none to what is not http', async () => {
    const server = await serverOf((request, response) => {
      const location = request.url === '/file' ? 'file:///etc/passwd' : `${request.url}x`;
      response.writeHead(302, { location }).end();
    });
    expect((await failureOf(upstreamOf(server).read(`${server.url}/a`, ask))).message).toContain('too often');
    expect(server.asked.length).toBe(6);
    expect((await failureOf(upstreamOf(server).read(`${server.url}/file`, ask))).message).toContain('file:');
  });

  it('stops at the size that is allowed, and leaves no half of a file', async () => {
    const server = await serverOf((_request, response) => response.end('x'.repeat(1001)));
    const upstream = upstreamOf(server);
    expect((await failureOf(upstream.read(`${server.url}/a`, ask))).code).toBe('too-large');
    expect((await failureOf(upstream.download(`${server.url}/a`, join(folder, 'f'), ask))).code).toBe(
      'too-large',
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it('tries again where the registry failed for a moment, and not where it refused', async () => {
    let failures = 1;
    const server = await serverOf((request, response) => {
      if (request.url === '/refused') response.writeHead(403).end();
      else if (failures-- > 0) response.writeHead(502).end();
      else response.end('now');
    });
    const upstream = upstreamOf(server, { retries: 2 });
    expect((await upstream.read(`${server.url}/a`, ask))?.body.toString()).toBe('now');
    expect((await failureOf(upstream.read(`${server.url}/refused`, ask))).message).toContain('403');
    expect(server.asked.map(({ path }) => path)).toEqual(['/a', '/a', '/refused']);
  });

  it('waits no longer than allowed for an answer', async () => {
    const server = await serverOf(() => undefined);
    const failure = await failureOf(upstreamOf(server, { totalTimeoutMs: 100 }).read(`${server.url}/a`, ask));
    expect(failure.code).toBe('upstream');
  });

  it('ends as soon as it is told to', async () => {
    const stop = new AbortController();
    const server = await serverOf(() => stop.abort());
    const failure = await failureOf(
      upstreamOf(server).read(`${server.url}/a`, { ...ask, signal: stop.signal }),
    );
    expect(failure.code).toBe('interrupted');
  });

  it('repeats no credential in an error', async () => {
    const server = await serverOf((_request, response) => response.writeHead(500).end());
    const upstream = upstreamOf(server);
    await server.close();
    open.splice(open.indexOf(server), 1);
    const failures = [
      await failureOf(
        upstream.read(`${server.url.replace('//', '//u:pass-word@')}/a?token=query-secret`, ask),
      ),
    ];
    for (const { message, hint } of failures)
      expect(`${message} ${hint}`).not.toMatch(/pass-word|s3cret|query-secret/);
  });
});

describe('publicUrl', () => {
  it('keeps neither user, password, query nor fragment', () => {
    expect(publicUrl('https://u:p@files.example/a/b.whl?token=1#x')).toBe('https://files.example/a/b.whl');
  });
});
