import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseImageReference } from '#services/upstream/oci/reference.ts';
import { RegistryClient } from '#services/upstream/oci/registry-client.ts';
import { digestHex } from '#test/harness/upstream/recorded.ts';
import { startLocalServer, type LocalServer } from '#test/workers/ecosystems/local-server.ts';

const login = { username: 'reader', secret: 's3cret', isToken: false };
const basic = `Basic ${Buffer.from('reader:s3cret').toString('base64')}`;
const blob = Buffer.from('a blob');
const sha256 = digestHex('sha256', blob);

async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<LocalServer> {
  const server = await startLocalServer(answer);
  onTestFinished(() => server.close());
  return server;
}

function clientOf(server: LocalServer, credentials: typeof login | undefined): RegistryClient {
  const image = parseImageReference(`${new URL(server.url).host}/team/app@sha256:${'0'.repeat(64)}`);
  const client = new RegistryClient(image, credentials, new AbortController().signal);
  onTestFinished(() => client.close());
  return client;
}

/** A registry that takes the bearer token of the server that it names, and nothing else. */
function wantsToken(realm: (own: string) => string) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const own = `http://${request.headers.host ?? ''}`;
    if (request.url?.startsWith('/token')) {
      response.end(JSON.stringify({ token: request.headers.authorization === basic ? 'good' : 'anonymous' }));
      return;
    }
    if (request.headers.authorization === 'Bearer good') response.end(blob);
    else
      response
        .writeHead(401, {
          'www-authenticate': `Bearer realm="${realm(own)}",service="here",scope="repository:team/app:pull"`,
        })
        .end();
  };
}

describe('a registry that wants a token', () => {
  test('gets one of its own server, for which alone the password was', async () => {
    const server = await listen(wantsToken((own) => `${own}/token`));
    expect(await clientOf(server, login).fetchByDigest('blobs', sha256, 100)).toEqual(blob);
    expect(server.asked.map(({ path, authorization }) => [path, authorization])).toEqual([
      [`/v2/team/app/blobs/sha256:${sha256}`, undefined],
      ['/token?service=here&scope=repository%3Ateam%2Fapp%3Apull', basic],
      [`/v2/team/app/blobs/sha256:${sha256}`, 'Bearer good'],
    ]);
  });

  test('and names a server elsewhere over plain http, or within this network, gets no password', async () => {
    const inside = await listen((_request, response) => void response.end('{"token":"good"}'));
    for (const realm of [inside.url, inside.url.replace('http:', 'https:')]) {
      const server = await listen(wantsToken(() => `${realm}/token`));
      await expect(clientOf(server, login).fetchByDigest('blobs', sha256, 100)).rejects.toThrow();
    }
    expect(inside.asked).toEqual([]);
  });

  test('and takes none that we have: what to do is said', async () => {
    const server = await listen(wantsToken((own) => `${own}/token`));
    await expect(clientOf(server, undefined).fetchByDigest('blobs', sha256, 100)).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });
});

describe('answers', () => {
  test('other bytes than the digest, or more than allowed, are refused', async () => {
    const server = await listen((_request, response) => void response.end('other bytes'));
    const client = clientOf(server, undefined);
    await expect(client.fetchByDigest('blobs', sha256, 100)).rejects.toMatchObject({
      code: 'digest-mismatch',
    });
    await expect(client.fetchByDigest('blobs', sha256, 5)).rejects.toMatchObject({ code: 'too-large' });
  });

  test('a redirect into this network is not followed', async () => {
    const inside = await listen((_request, response) => void response.end(blob));
    const server = await listen(
      (_request, response) => void response.writeHead(307, { location: inside.url }).end(),
    );
    await expect(clientOf(server, login).fetchByDigest('blobs', sha256, 100)).rejects.toThrow(
      'is no public host',
    );
    expect(inside.asked).toEqual([]);
  });

  test('a stumble is asked again; a refusal is told', async () => {
    let asked = 0;
    const server = await listen((request, response) => {
      asked += 1;
      if (request.url?.includes('manifests')) response.writeHead(403).end();
      else if (asked < 3) response.writeHead(503).end();
      else response.end(blob);
    });
    const client = clientOf(server, undefined);
    expect(await client.fetchByDigest('blobs', sha256, 100)).toEqual(blob);
    await expect(client.fetchByDigest('manifests', sha256, 100)).rejects.toMatchObject({ code: 'forbidden' });
  });
});
