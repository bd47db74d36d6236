import { readFile } from 'node:fs/promises';
import { AppError } from '#core/errors/app-error.ts';
import { printable } from '#core/text/printable.ts';
import { parseBundle } from '#verify/bundle.ts';
import { verifySignature } from '#verify/sigstore/verify-signature.ts';
import { trustMaterial, UnusableTrustedRoot } from '#verify/trust.ts';
import type { SigningParts } from './create-signing.ts';
import type { SigningKey } from './signer.ts';

/**
 * Reads the `trusted_root.json` at `path` and answers what a stranger who trusts it would find wrong with a bundle of
 * ours: one with a time stamp where `timestamps`, with a log entry where that was asked for. By our own verifier.
 * @throws AppError `usage` where it cannot be read or is not sane
 */
export async function openTrustedRoot(
  path: string,
  { key, timestamps }: { readonly key: SigningKey | undefined; readonly timestamps: boolean },
): Promise<NonNullable<SigningParts['faultOf']>> {
  const trustedRootJson = await readRoot(path);
  const keys = key ? [{ publicKeyPem: key.publicKeyPem }] : [];
  const trust = (logEntries: number) =>
    trustMaterial({ keys, trustedRootJson, thresholds: { timestamps: timestamps ? 1 : 0, logEntries } });
  const [unlogged, logged] = usable(path, () => [trust(0), trust(1)]);
  return (bytes, asked) => {
    const bundle = parseBundle(JSON.parse(Buffer.from(bytes).toString('utf8')));
    if ('fault' in bundle) return printable(bundle.fault, 200);
    const verdict = verifySignature(bundle, asked.log ? logged : unlogged);
    if (verdict.ok) return undefined;
    return printable(`${verdict.check}: expected ${verdict.expected}, found ${verdict.actual}`, 300);
  };
}

async function readRoot(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw unusable(path, 'cannot be read', cause);
  }
}

function usable<T>(path: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof UnusableTrustedRoot)
      throw unusable(path, `is of no use: ${printable(error.message, 300).replace(/\.$/, '')}`);
    throw error;
  }
}

function unusable(path: string, what: string, cause?: unknown): AppError {
  return new AppError('usage', `${path} ${what}.`, {
    hint: 'Set ASSAY_TRUSTED_ROOT_FILE to the trusted_root.json of the Sigstore services in use.',
    cause,
  });
}
