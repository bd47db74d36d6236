import { dirname } from 'node:path';
import type { Canary } from '#schemas/place.ts';
import type { Custody } from '#services/signing/custody.ts';
import { layCanary } from '../place/canary-file.ts';

/** What was laid out, and why something was not. */
export interface LaidCanaries {
  readonly canaries: readonly Canary[];
  readonly unlaid?: string;
}

/**
 * Lays one canary beside the secret that signing rests on (the key's file, the PIN's, the identity token's), with that
 * secret's mode, and one in this process's scratch folder, readable to whoever gets there.
 */
export async function layCanaries(custody: Custody, scratch: string): Promise<LaidCanaries> {
  const secret = secretFile(custody);
  const faults: string[] = secret === undefined ? ['no file holds what signing rests on'] : [];
  const canaries: Canary[] = [];
  const lay = async (...asked: Parameters<typeof layCanary>): Promise<void> => {
    try {
      canaries.push(await layCanary(...asked));
    } catch (error) {
      const { code } = error as { code?: unknown };
      faults.push(`a canary could not be written there (${typeof code === 'string' ? code : 'not ours'})`);
    }
  };
  if (secret !== undefined) await lay(dirname(secret.path), 'key', secret.mode);
  await lay(scratch, 'scratch', 0o644);
  return faults.length === 0 ? { canaries } : { canaries, unlaid: faults.join('; ') };
}

/** The file whose reader could sign, with its mode. */
function secretFile(custody: Custody): { path: string; mode: number } | undefined {
  switch (custody.kind) {
    case 'key-file':
      return { path: custody.path, mode: custody.mode };
    case 'pkcs11':
      return { path: custody.pinFile, mode: 0o600 };
    case 'keyless':
      return custody.tokenSource.startsWith('/') ? { path: custody.tokenSource, mode: 0o600 } : undefined;
    case 'kms':
      return undefined;
  }
}
