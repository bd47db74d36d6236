import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Answer, Given, InteropVerifier } from '../given.ts';

const run = promisify(execFile);

/** cosign 3, where ASSAY_TEST_COSIGN names it or it is on the PATH. It takes up to 19 minutes to build, so CI has none. */
export async function findCosign(): Promise<InteropVerifier | undefined> {
  const program = process.env['ASSAY_TEST_COSIGN'] ?? 'cosign';
  let version: string;
  try {
    const { stdout } = await run(program, ['version', '--json']);
    version = (JSON.parse(stdout) as { gitVersion: string }).gitVersion;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && program === 'cosign') return undefined;
    throw new Error(`${program} is no cosign that runs`, { cause: error });
  }
  const scratch = await mkdtemp(join(tmpdir(), 'assay-cosign-'));
  return {
    name: 'cosign',
    version,
    kinds: ['keyless', 'key'],
    verify: (given) => verify(program, scratch, given),
    close: () => rm(scratch, { recursive: true, force: true }),
  };
}

async function verify(program: string, scratch: string, given: Given): Promise<Answer> {
  const folder = await mkdtemp(join(scratch, 'case-'));
  const file = async (name: string, content: string | Uint8Array): Promise<string> => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  const { signer } = given;
  const argv = [
    'verify-blob-attestation',
    `--bundle=${await file('bundle.json', JSON.stringify(given.bundle))}`,
    `--trusted-root=${await file('root.json', JSON.stringify(given.trustedRoot))}`,
    `--type=${given.predicateType}`,
    '--use-signed-timestamps',
    ...(signer.kind === 'key'
      ? [`--key=${await file('key.pem', signer.publicKeyPem)}`]
      : [`--certificate-identity=${signer.identity}`, `--certificate-oidc-issuer=${signer.issuer}`]),
    await file('artifact', given.artifact),
  ];
  return run(program, argv, { env: { PATH: process.env['PATH'], HOME: folder } }).then(
    () => ({ accepted: true, words: 'Verified OK' }),
    (error: { code?: unknown; stderr?: string }) => {
      // Anything but its own refusal is a fault of this driver.
      if (error.code !== 1) throw error;
      return { accepted: false, words: error.stderr?.split('\n')[0] ?? '' };
    },
  );
}
