import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CreateAliasCommand, CreateKeyCommand, KMSClient, UpdateAliasCommand } from '@aws-sdk/client-kms';
import type { KmsKey } from '#services/config/kms-uri.ts';
import { freePort } from '#services/postgres/free-port.ts';
import { startChildServer } from './child-server.ts';
import { installMoto } from './moto.ts';

/** AWS KMS by moto: it makes real keys and signs with them. */
export interface TestKms {
  /** `host:port`. */
  readonly endpoint: string;
  makeKey(spec?: 'ECC_NIST_P256' | 'ECC_NIST_P384' | 'RSA_2048'): Promise<KmsKey>;
  /** Points an alias at a key, made where it is not there yet. */
  pointAlias(alias: string, key: KmsKey): Promise<KmsKey>;
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL('kms-server.py', import.meta.url));

/** The SDK's own variables, as an operator sets them. */
const environment = {
  AWS_ACCESS_KEY_ID: 'assay',
  AWS_SECRET_ACCESS_KEY: 'assay-test-secret',
  AWS_REGION: 'us-east-1',
};

/** Starts it and sets the SDK's variables in this process. */
export async function startTestKms(): Promise<TestKms> {
  const packages = await installMoto();
  const folder = await mkdtemp(join(tmpdir(), 'assay-kms-'));
  const port = await freePort();
  const endpoint = `127.0.0.1:${port}`;
  Object.assign(process.env, environment);
  const server = await startChildServer({
    command: ['python3', program, '--host', '127.0.0.1', '--port', String(port)],
    cwd: folder,
    env: { PYTHONPATH: packages, PYTHONUNBUFFERED: '1', HOME: folder, ...environment },
    ready: /Running on http/,
  });
  const client = new KMSClient({ endpoint: `http://${endpoint}` });
  const key = (keyId: string): KmsKey => ({ keyId, endpoint: `http://${endpoint}` });
  const aliases = new Set<string>();
  return {
    endpoint,
    makeKey: async (spec = 'ECC_NIST_P256') => {
      const made = await client.send(new CreateKeyCommand({ KeySpec: spec, KeyUsage: 'SIGN_VERIFY' }));
      return key(made.KeyMetadata?.KeyId ?? '');
    },
    pointAlias: async (alias, { keyId }) => {
      const target = { AliasName: alias, TargetKeyId: keyId };
      await (aliases.has(alias)
        ? client.send(new UpdateAliasCommand(target))
        : client.send(new CreateAliasCommand(target)));
      aliases.add(alias);
      return key(alias);
    },
    stop: async () => {
      client.destroy();
      await server.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
