import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { processesIn } from '#services/postgres/cluster.ts';
import { startPostgres, type RunningPostgres } from '#services/postgres/start-postgres.ts';

const launcherFile = fileURLToPath(new URL('postgres-launcher.ts', import.meta.url));
const settings = { fsync: 'off' };
const running: RunningPostgres[] = [];
let parent: string;

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'assay-embedded-'));
  await chmod(parent, 0o711);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});
afterAll(() => rm(parent, { recursive: true, force: true }));

async function start(name: string): Promise<RunningPostgres> {
  const server = await startPostgres({ dataDir: join(parent, name), settings });
  running.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

/** A launcher in a process of its own, and the server that it started. */
async function launch(name: string): Promise<{ kill(): Promise<void>; pid: number; url: string }> {
  const child = spawn(process.execPath, [launcherFile, join(parent, name)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  return { kill, ...(JSON.parse(line as string) as { pid: number; url: string }) };
}

describe('the embedded PostgreSQL', () => {
  it('keeps what was written over a stop and a start, with the same passwords', async () => {
    const first = await start('kept');
    await query(first.url('assay_api'), 'CREATE TABLE t AS SELECT 42 AS n');
    await first.stop();
    const second = await start('kept');
    expect(await query(second.url('assay_api'), 'SELECT n FROM assay.t')).toEqual([42]);
    expect(new URL(second.url('assay_api')).password).toBe(new URL(first.url('assay_api')).password);
  });

  it('leaves no process behind when its launcher is killed with -9, and starts again at once', async () => {
    const { kill } = await launch('killed');
    await kill();
    const server = await start('killed');
    expect(await query(server.url('assay_api'), 'SELECT 1')).toEqual([1]);
    const { kill: killAgain } = await launch('left');
    await killAgain();
    const left = () => processesIn(join(parent, 'left', 'pgdata'));
    await vi.waitFor(async () => expect(await left()).toEqual([]), { timeout: 20_000 });
  });

  it('starts again after the server itself was killed with -9, with all that was committed', async () => {
    const { pid, url } = await launch('crashed');
    await query(url, 'CREATE TABLE t AS SELECT 42 AS n');
    process.kill(pid, 'SIGKILL');
    const server = await start('crashed');
    expect(await query(server.url('assay_api'), 'SELECT n FROM t')).toEqual([42]);
  });

  it('is not kept from starting by a stale postmaster.pid that names a living process', async () => {
    const first = await start('stale');
    const pidFile = join(parent, 'stale', 'pgdata', 'postmaster.pid');
    const content = await readFile(pidFile, 'utf8');
    await first.stop();
    await writeFile(pidFile, content.replace(/^\d+/, String(process.pid)));
    const second = await start('stale');
    expect(await query(second.url('assay_api'), 'SELECT 1')).toEqual([1]);
  });

  it('refuses a folder that another server uses, and does that server no harm', async () => {
    const server = await start('busy');
    await expect(start('busy')).rejects.toMatchObject({ code: 'conflict' });
    expect(await query(server.url('assay_api'), 'SELECT 1')).toEqual([1]);
  });

  it('forgets an initdb that was killed half-way', async () => {
    // A process id that no process can have.
    await mkdir(join(parent, 'half', 'pgdata.4194999', 'pgdata'), { recursive: true });
    await start('half');
    await expect(stat(join(parent, 'half', 'pgdata.4194999'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('runs the server as another user when we are root, and names the closed folder that keeps it out', async () => {
    const server = await start('user');
    const status = await readFile(`/proc/${server.pid}/status`, 'utf8');
    const uid = Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]);
    expect(uid).not.toBe(0);
    const closed = join(parent, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const inside = startPostgres({ dataDir: join(closed, 'data'), settings });
    if (process.getuid?.() === 0) {
      await expect(inside).rejects.toMatchObject({ code: 'usage', hint: expect.stringContaining(closed) });
    } else {
      running.push(await inside);
    }
  });

  it('keeps passwords out of argument vectors and out of reach of other users', async () => {
    const server = await start('secret');
    const passwords = join(parent, 'secret', 'passwords.json');
    expect(((await stat(passwords)).mode & 0o777).toString(8)).toBe('600');
    const secrets = Object.values(JSON.parse(await readFile(passwords, 'utf8')) as Record<string, string>);
    const args = await readFile(`/proc/${server.pid}/cmdline`, 'utf8');
    expect(secrets).toHaveLength(3);
    expect(secrets.filter((secret) => args.includes(secret))).toEqual([]);
  });
});

describe('the roles of the embedded PostgreSQL', () => {
  let server: RunningPostgres;
  beforeAll(async () => {
    server = await startPostgres({ dataDir: join(parent, 'roles'), settings });
    await query(server.url('assay_api'), 'CREATE TABLE assay.secret AS SELECT 1 AS n');
    await query(server.url('assay_queue'), 'CREATE TABLE bullmq.job AS SELECT 1 AS n');
  });
  afterAll(() => server.stop());

  it.each([
    ['assay_queue', 'SELECT * FROM assay.secret'],
    ['assay_queue', 'CREATE TABLE assay.mine (n int)'],
    ['assay_queue', 'CREATE TABLE public.mine (n int)'],
    ['assay_queue', 'CREATE SCHEMA mine'],
    ['assay_queue', "COPY (SELECT 1) TO '/tmp/out'"],
    ['assay_queue', 'SET ROLE assay_api'],
    ['assay_api', 'SELECT * FROM bullmq.job'],
    ['assay_api', 'DROP SCHEMA bullmq CASCADE'],
    ['assay_api', 'CREATE ROLE mine'],
    ['assay_api', 'SELECT rolpassword FROM pg_authid'],
  ] as const)('let %s not do: %s', async (role, sql) => {
    await expect(query(server.url(role), sql)).rejects.toMatchObject({ code: '42501' });
  });

  it.each(['postgres', 'template1'])('let neither connect to the database %s', async (database) => {
    for (const role of ['assay_api', 'assay_queue'] as const) {
      await expect(query(server.url(role, database), 'SELECT 1')).rejects.toMatchObject({ code: '42501' });
    }
  });

  it('ask everyone for a password', async () => {
    const url = new URL(server.url('postgres'));
    url.password = 'wrong';
    await expect(query(url.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  });
});
