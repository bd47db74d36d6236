import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type DockerEngine, startDockerEngine } from './servers/docker-engine.ts';

const execute = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const portInCompose = 8471;
const imagesMs = 30 * 60_000;

/** What `docker-compose.yml` describes, really running in an engine of this test alone. */
export interface Compose {
  readonly engine: DockerEngine;
  /** The api, as seen from this host. */
  readonly apiUrl: string;
  readonly adminToken: string;
  /** Runs `docker-compose` on it. */
  run(...args: string[]): Promise<string>;
  /** Exit code of a program in the container of a service, and what it wrote. */
  inside(service: string, ...argv: string[]): Promise<{ code: number; output: string }>;
  stop(): Promise<void>;
}

/** Makes the images (kept between runs on one machine), fresh secrets, and brings everything up, its Sigstore too. */
export async function startCompose(): Promise<Compose> {
  const engine = await startDockerEngine({ outbound: true });
  const folder = await mkdtemp(path.join(tmpdir(), 'assay-compose-'));
  await mkdir(path.join(folder, 'work'));
  const environment = {
    ...process.env,
    DOCKER_HOST: `unix://${engine.socketPath}`,
    COMPOSE_PROJECT_NAME: 'assay-test',
    COMPOSE_HTTP_TIMEOUT: '300',
    ASSAY_IMAGE_CACHE: path.join(tmpdir(), `assay-test-images-${userInfo().uid}`),
    ASSAY_API_BIND: String(portInCompose),
    ASSAY_DOCKER_SOCKET: engine.socketPath,
    ASSAY_HOST_WORK_DIR: path.join(folder, 'work'),
    ASSAY_CA_FILE: process.env['NODE_EXTRA_CA_CERTS'] ?? '/etc/ssl/certs/ca-certificates.crt',
  };
  const options = { cwd: root, env: environment, maxBuffer: 64 * 1024 ** 2 };
  const stop = async (): Promise<void> => {
    await engine.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await execute('deploy/images/make-images.sh', [], { ...options, timeout: imagesMs });
    const { stdout: secrets } = await execute('deploy/make-env.sh', ['--sigstore'], options);
    const envFile = path.join(folder, 'env');
    await writeFile(envFile, secrets, { mode: 0o600 });
    const run = async (...args: string[]): Promise<string> =>
      (await execute('docker-compose', ['--env-file', envFile, ...args], options)).stdout;
    await run('up', '--detach').catch(async (error: unknown) => {
      throw new Error(`docker-compose up failed:\n${await run('logs', '--no-color', '--tail=40')}`, {
        cause: error,
      });
    });
    return {
      engine,
      apiUrl: `http://127.0.0.1:${await engine.forward(portInCompose)}`,
      adminToken: /^ASSAY_ADMIN_TOKEN=(.+)$/m.exec(secrets)?.[1] ?? '',
      run,
      inside: async (service, ...argv) =>
        run('exec', '-T', service, ...argv).then(
          (output) => ({ code: 0, output }),
          (error: { code?: number; stdout?: string }) => ({
            code: error.code ?? -1,
            output: error.stdout ?? '',
          }),
        ),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
