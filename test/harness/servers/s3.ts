import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { freePort } from '#services/postgres/free-port.ts';
import { startChildServer } from './child-server.ts';
import { installMoto } from './moto.ts';
import type { TestServer } from './test-server.ts';

export interface TestS3 extends TestServer {
  /** `s3://assay/objects?endpoint=…` */
  readonly url: string;
  readonly endpoint: string;
  /** What a process that uses it needs in its environment. */
  readonly environment: { AWS_ACCESS_KEY_ID: string; AWS_SECRET_ACCESS_KEY: string };
}

const bucket = 'assay';

/** moto with an empty bucket. It keeps objects in memory: restart() empties it. */
export async function startTestS3(): Promise<TestS3> {
  const packages = await installMoto();
  const folder = await mkdtemp(join(tmpdir(), 'assay-s3-'));
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const environment = { AWS_ACCESS_KEY_ID: 'assay', AWS_SECRET_ACCESS_KEY: 'assay-test-secret' };
  const start = async () => {
    const server = await startChildServer({
      command: ['python3', '-m', 'moto.server', '--host', '127.0.0.1', '--port', String(port)],
      cwd: folder,
      env: { PYTHONPATH: packages, PYTHONUNBUFFERED: '1', HOME: folder, ...environment },
      ready: /Running on http/,
    });
    await createBucket(endpoint, environment);
    return server;
  };
  let server = await start();
  return {
    url: `s3://${bucket}/objects?endpoint=${encodeURIComponent(endpoint)}`,
    endpoint,
    environment,
    restart: async (whileDown) => {
      await server.kill('SIGKILL');
      try {
        await whileDown?.();
      } finally {
        server = await start();
      }
    },
    stop: async () => {
      await server.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function createBucket(endpoint: string, environment: TestS3['environment']): Promise<void> {
  const client = new S3Client({
    endpoint,
    forcePathStyle: true,
    region: 'us-east-1',
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID,
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
    },
  });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
}
