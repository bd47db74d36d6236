import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ObjectRef } from '#schemas/digest.ts';
import { ApiServer } from '#test/harness/api/api-server.ts';
import { expectProblem } from '#test/harness/api/expect-problem.ts';
import { sha256Of } from '#test/harness/api/supplied-request.ts';

describe('PUT /v1/uploads/sha256:{hex}', () => {
  let api: ApiServer;
  let token: string;
  beforeAll(async () => {
    api = await ApiServer.start({ limits: { objectBytesMax: 4 * 1024 ** 2 } });
    token = await api.createToken('ci');
  });
  afterAll(() => api[Symbol.asyncDispose]());

  it('201: stores it for its submitter alone, whatever its size up to the limit', async () => {
    const bytes = Buffer.alloc(4 * 1024 ** 2, 'assay');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const response = await api.request('PUT', `/v1/uploads/sha256:${sha256}`, { token, body: bytes });
    expect(response.status).toBe(201);
    expect(ObjectRef.parse(await response.json())).toEqual({ digest: { sha256 }, size: bytes.length });
    const location = response.headers.get('location') ?? '';
    expect((await (await api.request('GET', location, { token })).arrayBuffer()).byteLength).toBe(
      bytes.length,
    );
    await expectProblem(await api.request('GET', location), 'not-found');
  });

  it('201: an empty object', async () => {
    const response = await api.request('PUT', `/v1/uploads/sha256:${sha256Of('')}`, { token });
    expect(await response.json()).toEqual({ digest: { sha256: sha256Of('') }, size: 0 });
  });

  it('401 and 403: nobody, and a worker', async () => {
    const path = `/v1/uploads/sha256:${sha256Of('a')}`;
    await expectProblem(await api.request('PUT', path, { body: 'a' }), 'unauthenticated');
    const worker = api.machineToken('worker:rebuild');
    await expectProblem(await api.request('PUT', path, { token: worker, body: 'a' }), 'forbidden');
  });

  it('413: more than the limit, whether the headers say so or not; none of it is kept', async () => {
    const bytes = Buffer.alloc(4 * 1024 ** 2 + 1);
    const path = `/v1/uploads/sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    await expectProblem(await api.request('PUT', path, { token, body: bytes }), 'too-large');
    const chunked = new Blob([bytes]).stream();
    await expectProblem(
      await api.request('PUT', path, { token, body: chunked, duplex: 'half' }),
      'too-large',
    );
    await expectProblem(await api.request('GET', path.replace('uploads', 'objects'), { token }), 'not-found');
  });

  it('422: bytes of another digest', async () => {
    const path = `/v1/uploads/sha256:${sha256Of('a')}`;
    await expectProblem(await api.request('PUT', path, { token, body: 'b' }), 'digest-mismatch');
  });

  it('keeps nothing of an upload whose sender goes away', async () => {
    const path = `/v1/uploads/sha256:${sha256Of('half')}`;
    const { promise: ended, resolve: end } = Promise.withResolvers<unknown>();
    const upload = api.plane.upload.bind(api.plane);
    api.plane.upload = (...given) => {
      const taken = upload(...given);
      taken.then(end, end);
      return taken;
    };
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    socket.write(
      `PUT ${path} HTTP/1.1\r\nHost: api\r\nAuthorization: Bearer ${token}\r\nContent-Length: 4\r\n\r\nha`,
      () => socket.destroySoon(),
    );
    await text(socket).catch(() => undefined);
    expect(await ended).toBeInstanceOf(Error);
    await expectProblem(await api.request('GET', path.replace('uploads', 'objects'), { token }), 'not-found');
  });
});
