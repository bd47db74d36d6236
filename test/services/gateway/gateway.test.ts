import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { simpleJson } from '#workers/ecosystems/pypi/simple-index.ts';
import {
  registryPassword,
  sha256,
  startLocalRegistry,
  type LocalRegistry,
  type RegistryFile,
} from '#test/workers/ecosystems/pypi/local-registry.ts';
import { sessionId, startGateway, type RunningGateway } from './start-gateway.ts';

const json = { headers: { accept: simpleJson } };
const file = (filename: string, uploadTime?: string, over: Partial<RegistryFile> = {}): RegistryFile => ({
  filename,
  bytes: Buffer.from(`bytes of ${filename}`),
  ...(uploadTime === undefined ? {} : { uploadTime }),
  ...over,
});
const old = file('flit_core-3.12.0-py3-none-any.whl', '2025-01-01T00:00:00Z', { requiresPython: '>=3.6' });
const onTheDay = file('flit_core-4.0.0-py3-none-any.whl', '2026-06-01T00:00:00Z', { yanked: 'broken <b>' });
const late = file('flit_core-4.1.0-py3-none-any.whl', '2026-06-01T00:00:01Z');
const undated = file('flit_core-1.0.tar.gz');
const wheel = file('idna-3.20-py3-none-any.whl', '2026-05-01T00:00:00Z');
const projects = () => ({
  'flit-core': [undated, old, onTheDay, late],
  idna: [
    file('idna-3.19-py3-none-any.whl', '2026-04-01T00:00:00Z'),
    wheel,
    file('idna-3.20.tar.gz', '2026-05-01T00:00:00Z'),
    { ...wheel, filename: 'idna-3.18-py3-none-any.whl' },
  ],
  broken: [
    file('broken-1-py3-none-any.whl', '2020-01-01T00:00:00Z', { sha256: '1'.repeat(64) }),
    file('broken-2-py3-none-any.whl', '2020-01-01T00:00:00Z', { gone: true }),
    file('other-3-py3-none-any.whl', '2020-01-01T00:00:00Z'),
  ],
});
const refuse = { refuse: { files: [wheel.filename], sha256: [sha256(wheel.bytes)] } };

let registry: LocalRegistry;
let gateway: RunningGateway;

beforeAll(async () => {
  registry = await startLocalRegistry(projects());
});
afterAll(() => registry.close());
beforeEach(async () => {
  gateway = await startGateway({ url: registry.indexUrl });
  return () => gateway.close();
});

async function filesOf(response: Response): Promise<string[]> {
  const index = (await response.json()) as { files: { filename: string }[] };
  return index.files.map(({ filename }) => filename);
}

describe('what a build sees of the registry', () => {
  it('is the files that were uploaded at or before the cut-off date, and none whose date is not known', async () => {
    const response = await gateway.ask('/simple/flit-core/', {}, json);
    expect(response.headers.get('content-type')).toBe(simpleJson);
    expect(await filesOf(response)).toEqual([old.filename, onTheDay.filename]);
  });

  it('is the same files in HTML for a client that asks for that, with hostile text escaped', async () => {
    const response = await gateway.ask('/simple/Flit.Core/', {}, { headers: { accept: 'text/html' } });
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    const page = await response.text();
    expect(page).toContain(`../../files/flit-core/${old.filename}#sha256=${sha256(old.bytes)}`);
    expect(page).toContain('data-yanked="broken &#60;b&#62;"');
    expect(page).not.toContain(late.filename);
  });

  it('keeps what the registry says of a file: the Python it needs, its digest, that it was yanked', async () => {
    const response = await gateway.ask('/simple/flit-core/', {}, json);
    expect(await response.json()).toMatchObject({
      files: [
        { 'requires-python': '>=3.6', hashes: { sha256: sha256(old.bytes) }, yanked: false },
        { yanked: 'broken <b>' },
      ],
    });
  });

  it('offers no metadata files, which would be answers that nothing checks', async () => {
    const text = await (await gateway.ask('/simple/flit-core/', {}, json)).text();
    expect(text).not.toContain('metadata');
    expect((await gateway.ask(`/files/flit-core/${old.filename}.metadata`)).status).toBe(404);
  });

  it('is the bytes of a file, by the path that the index gives', async () => {
    const index = (await (await gateway.ask('/simple/flit-core/', {}, json)).json()) as {
      files: { url: string }[];
    };
    const { pathname } = new URL(index.files[0]?.url ?? '', 'http://build/simple/flit-core/');
    const response = await gateway.ask(pathname);
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(old.bytes);
  });

  it('has no file that was uploaded later, also where a build guesses its name', async () => {
    expect((await gateway.ask(`/files/flit-core/${late.filename}`)).status).toBe(404);
    expect((await gateway.ask(`/files/flit-core/${undated.filename}`)).status).toBe(404);
  });

  it('never has bytes other than those that the index names', async () => {
    const response = await gateway.ask('/files/broken/broken-1-py3-none-any.whl');
    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain('bytes of');
    expect(gateway.api.objects.has(sha256('bytes of broken-1-py3-none-any.whl'))).toBe(false);
  });

  it('has no file of another project, and none that the registry lists but does not have', async () => {
    expect((await gateway.ask('/files/broken/other-3-py3-none-any.whl')).status).toBe(404);
    expect((await gateway.ask('/files/broken/broken-2-py3-none-any.whl')).status).toBe(404);
  });
});

describe('the artifact under test', () => {
  it('is refused by name, and that is on the record', async () => {
    const response = await gateway.ask(`/files/idna/${wheel.filename}`, refuse);
    expect(response.status).toBe(403);
    expect(await response.text()).not.toContain('bytes of');
    expect(gateway.served()).toMatchObject([
      {
        kind: 'refused',
        status: 403,
        project: 'idna',
        version: '3.20',
        path: `/files/idna/${wheel.filename}`,
      },
    ]);
  });

  it('is refused by digest under any other name', async () => {
    expect((await gateway.ask('/files/idna/idna-3.18-py3-none-any.whl', refuse)).status).toBe(403);
  });

  it('is not in the index, nor is anything else of its release: a build gets the one before', async () => {
    expect(await filesOf(await gateway.ask('/simple/idna/', refuse, json))).toEqual([
      'idna-3.19-py3-none-any.whl',
    ]);
    expect((await gateway.ask('/files/idna/idna-3.20.tar.gz', refuse)).status).toBe(404);
  });
});

describe('the record', () => {
  it('has every answer, with its digest, before the build has it all, and its bytes are kept', async () => {
    const index = await gateway.ask('/simple/flit-core/', {}, json);
    const body = Buffer.from(await index.arrayBuffer());
    await gateway.ask(`/files/flit-core/${old.filename}`);
    await gateway.ask('/simple/nothing/', {}, json);
    expect(gateway.served()).toMatchObject([
      { kind: 'index', path: '/simple/flit-core/', status: 200, sha256: sha256(body), size: body.length },
      { kind: 'file', status: 200, sha256: sha256(old.bytes), project: 'flit-core', version: '3.12.0' },
      { kind: 'missing', path: '/simple/nothing/', status: 404 },
    ]);
    for (const { sha256: digest } of gateway.served()) expect(gateway.api.objects.has(digest)).toBe(true);
  });

  it("never has the registry's credentials, nor does the build", async () => {
    const answers = [
      await gateway.ask('/simple/flit-core/', {}, json),
      await gateway.ask(`/files/flit-core/${old.filename}`),
      await gateway.ask('/files/broken/broken-1-py3-none-any.whl'),
    ];
    const seen = JSON.stringify([
      gateway.served(),
      await Promise.all(answers.map(async (answer) => [[...answer.headers], await answer.text()])),
    ]);
    expect(seen).not.toContain(registryPassword);
    expect(seen).not.toContain('secret-query');
    expect(gateway.served()[1]?.upstreamUrl).toBe(`${registry.url}/packages/flit-core/${old.filename}`);
  });

  it('is written or nothing is served: an attempt that is over gets no bytes', async () => {
    gateway.api.over.add(sessionId);
    const response = await gateway.ask(`/files/flit-core/${old.filename}`);
    expect(response.status).toBe(409);
    expect(await response.text()).not.toContain('bytes of');
  });

  it('says that the registry failed, where it did', async () => {
    const down = await startGateway({ url: 'http://127.0.0.1:9/simple' });
    try {
      expect((await down.ask('/simple/idna/', {}, json)).status).toBe(503);
      expect(down.served()).toMatchObject([{ kind: 'missing', status: 503 }]);
    } finally {
      await down.close();
    }
  });
});

describe('repeated builds', () => {
  it('ask the registry and fill the api once', async () => {
    const before = registry.asked.length;
    for (const fence of [1, 2, 3]) {
      await gateway.ask('/simple/flit-core/', { fence }, json);
      await gateway.ask(`/files/flit-core/${old.filename}`, { fence });
    }
    expect(registry.asked.slice(before).map(({ path }) => path.split('?')[0])).toEqual([
      '/simple/flit-core/',
      `/packages/flit-core/${old.filename}`,
    ]);
    expect(gateway.api.puts).toBe(2);
  });

  it('take a file from the api where it is kept already', async () => {
    gateway.api.objects.set(sha256(old.bytes), old.bytes);
    const before = registry.asked.length;
    expect((await gateway.ask(`/files/flit-core/${old.filename}`)).status).toBe(200);
    expect(registry.asked.slice(before).map(({ path }) => path)).toEqual(['/simple/flit-core/']);
  });

  it('at the same time share one fetch', async () => {
    const before = registry.asked.length;
    await Promise.all(
      [1, 2, 3, 4].map((fence) => gateway.ask(`/files/flit-core/${old.filename}`, { fence })),
    );
    const fetched = registry.asked.slice(before).filter(({ path }) => path.startsWith('/packages/'));
    expect(fetched).toHaveLength(1);
  });
});

describe('a replay', () => {
  const replaying = { mode: 'replay' as const, sessionId: '0b6f3b0e-98a5-4dd3-8a54-0e9b6f1d7a10' };

  it('gives the recorded answers byte for byte, in JSON and HTML, without asking the registry', async () => {
    const asks: [string, RequestInit][] = [
      ['/simple/flit-core/', json],
      ['/simple/flit-core/', { headers: { accept: 'text/html' } }],
      [`/files/flit-core/${old.filename}`, {}],
      ['/simple/nothing/', json],
    ];
    const bodies = async () => {
      const found: [number, string | null, Buffer][] = [];
      for (const [path, init] of asks) {
        const answer = await gateway.ask(
          path,
          replaying.mode === 'replay' && recorded ? replaying : {},
          init,
        );
        found.push([
          answer.status,
          answer.headers.get('content-type'),
          Buffer.from(await answer.arrayBuffer()),
        ]);
      }
      return found;
    };
    let recorded = false;
    const first = await bodies();
    gateway.api.records.set(replaying.sessionId, gateway.served());
    recorded = true;
    const offline = registry.asked.length;
    expect(await bodies()).toEqual(first);
    expect(registry.asked).toHaveLength(offline);
    expect(gateway.api.served.get(`${replaying.sessionId}/1`)).toHaveLength(asks.length);
  });

  it('answers what the record does not have with 409, though the registry has it', async () => {
    expect((await gateway.ask('/simple/flit-core/', replaying, json)).status).toBe(409);
  });

  it('answers 404 where recorded bytes are no longer kept', async () => {
    await gateway.ask('/simple/flit-core/', {}, json);
    gateway.api.records.set(replaying.sessionId, gateway.served());
    gateway.api.objects.clear();
    expect((await gateway.ask('/simple/flit-core/', replaying, json)).status).toBe(404);
  });
});

describe('who may ask, and what', () => {
  it('is nobody without a grant', async () => {
    expect((await fetch(`${gateway.url}/v1/build/simple/flit-core/`)).status).toBe(401);
    expect(
      (
        await fetch(`${gateway.url}/v1/build/simple/flit-core/`, {
          headers: { authorization: 'Bearer x.y.z' },
        })
      ).status,
    ).toBe(401);
  });

  it.each(['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH'])('is GET, not %s', async (method) => {
    const response = await gateway.ask('/simple/flit-core/', {}, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET');
    expect(gateway.served()).toEqual([]);
  });

  it.each([
    '/simple/..%2f..%2fetc/',
    '/files/flit-core/..%2f..%2fsimple%2fidna',
    '/files/flit-core/%00',
    '/files/flit-core/a%0ab',
    '/files/flit-core/a%5cb',
    '/files/%2e%2e%2fpackages/x',
    `/simple/${'a'.repeat(3000)}/`,
    '/%ff%fe',
    '/simple/',
    '/',
    '/http://127.0.0.1/simple/idna/',
    '/simple/idna/extra/parts',
  ])('has nothing under %s, and asks the registry nothing', async (path) => {
    const before = registry.asked.length;
    const response = await gateway.ask(path);
    expect([400, 404]).toContain(response.status);
    expect(registry.asked).toHaveLength(before);
  });

  it('is only protocols that the gateway speaks', async () => {
    expect((await gateway.ask('/simple/flit-core/', { protocol: 'gopher' }, json)).status).toBe(422);
  });
});
