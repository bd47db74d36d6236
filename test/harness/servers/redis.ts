import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '#core/errors/app-error.ts';
import { freePort } from '#services/postgres/free-port.ts';
import { startChildServer } from './child-server.ts';
import type { TestServer } from './test-server.ts';

/** redis-server of the system's package (7 on Debian bookworm), keeping each write before it answers. */
export async function startTestRedis(): Promise<TestServer> {
  await assertInstalled();
  const folder = await mkdtemp(join(tmpdir(), 'assay-redis-'));
  const port = await freePort();
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    dir: folder,
    save: '',
    appendonly: 'yes',
    appendfsync: 'always',
    'maxmemory-policy': 'noeviction',
  };
  const start = () =>
    startChildServer({
      command: ['redis-server', ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])],
      cwd: folder,
      ready: /Ready to accept connections/,
    });
  let server = await start();
  return {
    url: `redis://127.0.0.1:${port}/0`,
    restart: async (whileDown) => {
      await server.kill('SIGKILL');
      try {
        await whileDown?.();
      } finally {
        server = await start();
      }
    },
    stop: async () => {
      await server.kill('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function assertInstalled(): Promise<void> {
  try {
    await promisify(execFile)('redis-server', ['--version']);
  } catch (cause) {
    throw new AppError('missing-component', 'redis-server is not installed', {
      hint: 'apt-get install redis-server',
      cause,
    });
  }
}
