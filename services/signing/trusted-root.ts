import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { AppError } from '#core/errors/app-error.ts';
import { printable } from '#core/text/printable.ts';
import type { SigningParts } from './create-signing.ts';
import type { SigningKey } from './signer.ts';

/**
 * Reads the `trusted_root.json` at `path` and answers what a stranger who trusts it would find wrong with a bundle of
 * ours: one with a time stamp where `timestamps`, with a log entry where that was asked for.
 * @throws AppError `usage` where it cannot be read
 */
export async function openTrustedRoot(
  path: string,
  { key, timestamps }: { readonly key: SigningKey | undefined; readonly timestamps: boolean },
): Promise<NonNullable<SigningParts['faultOf']>> {
  const root = await readRoot(path);
  const material = toTrustMaterial(root, (hint) => {
    if (hint !== key?.hint) throw new Error('it is signed by another key');
    return { publicKey: createPublicKey(key.publicKeyPem), validFor: () => true };
  });
  const verifier = (log: boolean): Verifier =>
    new Verifier(material, {
      tlogThreshold: log ? 1 : 0,
      timestampThreshold: timestamps ? 1 : 0,
      ctlogThreshold: root.ctlogs.length > 0 ? 1 : 0,
    });
  const [logged, unlogged] = [verifier(true), verifier(false)];
  return (bundle, asked) => {
    try {
      const parsed = bundleFromJSON(JSON.parse(Buffer.from(bundle).toString('utf8')));
      (asked.log ? logged : unlogged).verify(toSignedEntity(parsed));
      return undefined;
    } catch (error) {
      return error instanceof Error ? printable(error.message, 200) : 'not a bundle';
    }
  };
}

async function readRoot(path: string): Promise<TrustedRoot> {
  try {
    return TrustedRoot.fromJSON(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    throw new AppError('usage', `${path} is not a trusted_root.json that this user can read.`, {
      hint: 'Set ASSAY_TRUSTED_ROOT_FILE to the trusted root of the Sigstore services in use.',
      cause,
    });
  }
}
