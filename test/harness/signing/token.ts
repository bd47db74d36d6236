import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Pkcs11Config } from '#services/config/signing.ts';

const run = promisify(execFile);
const modulePath = '/usr/lib/softhsm/libsofthsm2.so';

/** A SoftHSM token with keys, in a folder of its own. */
export interface TestToken {
  /** Of its P-256 key `signing`. */
  readonly config: Pkcs11Config;
  readonly pin: string;
  /** Makes another pair in the same token. `type` is pkcs11-tool's, such as `EC:prime256v1`. */
  makeKey(object: string, idHex: string, type: string): Promise<void>;
  remove(): Promise<void>;
}

/** Makes a token named `assay` whose PIN nobody can guess. Needs the packages softhsm2 and opensc. */
export async function makeToken(): Promise<TestToken> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-token-'));
  const pin = randomBytes(12).toString('hex');
  const environment = { SOFTHSM2_CONF: join(folder, 'softhsm2.conf') };
  const env = { PATH: process.env['PATH'], ASSAY_TEST_PIN: pin, ...environment };
  await mkdir(join(folder, 'tokens'));
  await writeFile(
    environment.SOFTHSM2_CONF,
    `directories.tokendir = ${join(folder, 'tokens')}\nlog.level = ERROR\n`,
  );
  const pinFile = join(folder, 'pin');
  await writeFile(pinFile, `${pin}\n`, { mode: 0o600 });
  await run('softhsm2-util', ['--init-token', '--free', '--label', 'assay', '--so-pin', pin, '--pin', pin], {
    env,
  });
  const makeKey = async (object: string, idHex: string, type: string): Promise<void> => {
    const login = [
      '--module',
      modulePath,
      '--token-label',
      'assay',
      '--login',
      '--pin',
      'env:ASSAY_TEST_PIN',
    ];
    await run(
      'pkcs11-tool',
      [...login, '--keypairgen', '--key-type', type, '--label', object, '--id', idHex],
      { env },
    );
  };
  await makeKey('signing', '01', 'EC:prime256v1');
  return {
    config: {
      key: { token: 'assay', object: 'signing' },
      module: { path: modulePath, environment },
      pinFile,
    },
    pin,
    makeKey,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
