import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '#core/errors/app-error.ts';
import { freePort } from '#services/postgres/free-port.ts';
import { startChildServer } from './child-server.ts';

/** `host:port` of a real registry, and how to end it. */
export interface TestRegistry {
  readonly host: string;
  stop(): Promise<void>;
}

/**
 * docker-registry of the system's package (2.8 on Debian bookworm), which has no referrers API. With `login` it asks for a
 * user name and a password (htpasswd with bcrypt, as that registry demands).
 */
export async function startDockerRegistry(login?: { readonly htpasswd: string }): Promise<TestRegistry> {
  await promisify(execFile)('docker-registry', ['--version']).catch((cause: unknown) => {
    throw new AppError('missing-component', 'docker-registry is not installed', {
      hint: 'apt-get install docker-registry',
      cause,
    });
  });
  const folder = await mkdtemp(join(tmpdir(), 'assay-registry-'));
  const port = await freePort();
  const settings = {
    version: 0.1,
    log: { level: 'info' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') }, delete: { enabled: true } },
    http: { addr: `127.0.0.1:${port}` },
    ...(login && { auth: { htpasswd: { realm: 'test', path: join(folder, 'htpasswd') } } }),
  };
  if (login) await writeFile(join(folder, 'htpasswd'), `${login.htpasswd}\n`);
  await writeFile(join(folder, 'config.json'), JSON.stringify(settings));
  const server = await startChildServer({
    command: ['docker-registry', 'serve', join(folder, 'config.json')],
    cwd: folder,
    env: { OTEL_TRACES_EXPORTER: 'none' },
    ready: /listening on/,
  });
  return {
    host: `127.0.0.1:${port}`,
    stop: async () => {
      await server.kill('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
