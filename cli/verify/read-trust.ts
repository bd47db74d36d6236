import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AppError } from '#core/errors/app-error.ts';
import { UnusableKey, trustKeys, type Trust } from '#verify/trust.ts';

const blocks = /-----BEGIN [^-]+-----[^-]*-----END [^-]+-----/g;

/**
 * Trust in the public keys of the files at `paths`, each with one or more in PEM, for `builderIds` alone where any are
 * given. @throws AppError `no-policy` without a key; `usage` where one cannot be used
 */
export async function readTrust(
  cwd: string,
  paths: readonly string[],
  builderIds: readonly string[],
): Promise<Trust> {
  if (paths.length === 0) {
    throw new AppError('no-policy', 'Nothing says whom to trust: no key was given.', {
      hint: 'Give the public key of the rebuilder with --key FILE. `assay key export` prints the one of a service.',
    });
  }
  const keys: string[] = [];
  for (const path of paths) {
    const text = await readFile(resolve(cwd, path), 'utf8').catch((cause: unknown) => {
      throw new AppError('usage', `The key ${path} cannot be read.`, { cause });
    });
    const found = text.match(blocks) ?? [];
    if (found.length === 0) throw new AppError('usage', `${path} holds no key in PEM.`);
    keys.push(...found);
  }
  try {
    return trustKeys(
      keys.map((publicKeyPem) => ({ publicKeyPem, ...(builderIds.length > 0 && { builderIds }) })),
    );
  } catch (error) {
    if (!(error instanceof UnusableKey)) throw error;
    throw new AppError('usage', `A key in ${paths.join(', ')} cannot be used: ${error.message}.`, {
      hint: 'Assay signs with ECDSA on P-256; give the public key (BEGIN PUBLIC KEY).',
    });
  }
}
