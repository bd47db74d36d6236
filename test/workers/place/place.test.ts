import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Identity } from '#schemas/place.ts';
import { layCanary } from '#workers/place/canary-file.ts';
import { outsideId, readIdentity } from '#workers/place/identity.ts';
import { findRootEquivalents, heldByProcess } from '#workers/place/root-equivalent.ts';
import { tryCanaries } from '#workers/place/try-canaries.ts';
import { askUnrestricted } from '#workers/sandbox/docker.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-place-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function fresh(name: string): Promise<string> {
  const made = join(folder, name);
  await mkdir(made);
  return made;
}

describe('a canary', () => {
  test('has the mode of what it stands for, and is found again when it is laid again', async () => {
    const laid = await layCanary(await fresh('again'), 'key', 0o600);
    expect((await stat(laid.file)).mode & 0o777).toBe(0o600);
    expect(await layCanary(join(folder, 'again'), 'key', 0o600)).toEqual(laid);
    expect(await readFile(laid.file, 'utf8')).not.toContain(laid.id);
  });

  test('is laid once by several that share its folder', async () => {
    const shared = await fresh('shared');
    const laid = await Promise.all([1, 2, 3, 4].map(() => layCanary(shared, 'scratch', 0o644)));
    expect(new Set(laid.map(({ id }) => id)).size).toBe(1);
    expect(await readdir(shared)).toEqual(['.assay-canary']);
  });

  test('in a folder that is not there cannot be laid', async () => {
    await expect(layCanary(join(folder, 'none'), 'key', 0o600)).rejects.toThrow();
  });

  test('whose folder this process may use is read and written beside, and nothing stays behind', async () => {
    const laid = await layCanary(await fresh('open'), 'scratch', 0o644);
    expect(await tryCanaries([laid])).toEqual([{ id: laid.id, from: 'worker', read: true, write: true }]);
    expect(await readdir(join(folder, 'open'))).toEqual(['.assay-canary']);
  });

  test('of another nonce, behind a link or in another folder of that path is not reached', async () => {
    const nothing = { from: 'worker', read: false, write: false };
    const laid = await layCanary(await fresh('real'), 'key', 0o600);
    const other = { ...laid, id: 'f'.repeat(64) };
    expect(await tryCanaries([other])).toMatchObject([{ read: false }]);
    await rename(join(folder, 'real'), join(folder, 'moved'));
    await mkdir(join(folder, 'real'));
    await symlink(join(folder, 'moved', '.assay-canary'), laid.file);
    expect(await tryCanaries([laid])).toEqual([{ id: laid.id, ...nothing }]);
    expect(await tryCanaries([{ ...laid, file: '/nowhere/at/all' }])).toEqual([{ id: laid.id, ...nothing }]);
  });

  test('in whose place something else lies is not read', async () => {
    const made = await fresh('strange');
    await writeFile(join(made, '.assay-canary'), 'a private thing\n');
    await chmod(join(made, '.assay-canary'), 0o600);
    await expect(layCanary(made, 'key', 0o600)).rejects.toThrow('not a canary of ours');
  });
});

describe('who this process is', () => {
  test('is told without the boot id itself', async () => {
    const identity = Identity.parse(await readIdentity());
    expect(identity).toEqual(await readIdentity());
    expect(identity.host).not.toContain(
      (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).slice(0, 8),
    );
  });

  test('is the user outside of a user namespace', () => {
    const map = '         0     100000      65536\n     65536       2000          1\n';
    expect([0, 999, 65_536, 70_000].map((id) => outsideId(map, id))).toEqual([
      100_000, 100_999, 2000, 70_000,
    ]);
  });
});

describe('what makes a process as good as root', () => {
  const initial = '         0          0 4294967295\n';
  const status = (uid: number, permitted: string) =>
    `Name:\tnode\nUid:\t1\t${uid}\t1\t1\nCapPrm:\t${permitted}\n`;

  test('is to be root, or to hold a capability of it, in the host’s own user namespace', () => {
    expect(heldByProcess(status(1000, '0000000000000000'), initial)).toEqual([]);
    expect(heldByProcess(status(0, '0000000000000000'), initial)).toEqual(['it runs as root']);
    expect(heldByProcess(status(1000, '0000000000080000'), initial)).toEqual(['it holds CAP_SYS_PTRACE']);
    expect(heldByProcess(status(1000, '000001ffffffffff'), initial)[0]).toMatch(/capabilities of root/);
    // To bind a low port opens nothing.
    expect(heldByProcess(status(1000, '0000000000000400'), initial)).toEqual([]);
  });

  test('is not to be root of a user namespace of one’s own', () => {
    expect(heldByProcess(status(0, '000001ffffffffff'), '0 100000 65536\n')).toEqual([]);
  });

  test('is taken for granted where it cannot be read', () => {
    expect(heldByProcess('', initial)).toHaveLength(1);
  });

  /** A socket that answers as a Docker Engine, or something before one, would. */
  async function engineThat(name: string, createStatus: number) {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      const isCreate = request.method === 'POST';
      response.writeHead(isCreate ? createStatus : request.method === 'DELETE' ? 204 : 200, {
        'content-type': 'application/json',
      });
      response.end(
        request.method === 'DELETE'
          ? undefined
          : isCreate
            ? '{"Id":"made","Warnings":[],"message":"said"}'
            : request.url?.endsWith('/_ping')
              ? 'OK'
              : '[]',
      );
    });
    const socket = join(folder, `${name}.sock`);
    await once(server.listen(socket), 'listening');
    const close = () => void (server.closeAllConnections(), server.close());
    return { socket, asked, close };
  }

  test.each([
    [201, 1],
    [404, 1],
    [500, 1],
    [403, 0],
  ])(
    'is an engine’s socket that answers %i to a container with the host’s root in it: %i',
    async (code, count) => {
      const engine = await engineThat(`engine-${code}`, code);
      try {
        const found = await findRootEquivalents([engine.socket], (socket) =>
          askUnrestricted(socket, 'worker'),
        );
        expect(found.filter((text) => text.includes(engine.socket))).toHaveLength(count);
        expect(engine.asked.filter((line) => line.includes('/start'))).toEqual([]);
        if (code === 201) expect(engine.asked.at(-1)).toMatch(/^DELETE .*made/);
      } finally {
        engine.close();
      }
    },
  );
});
