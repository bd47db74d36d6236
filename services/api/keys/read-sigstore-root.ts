import { readFile } from 'node:fs/promises';
import { AppError } from '#core/errors/app-error.ts';
import { trustedRootBytesMax } from '#schemas/trust.ts';

/**
 * Text of the `trusted_root.json` at `path`, as it is. Whoever verifies with it looks at it closely; here only what is
 * no such document at all is refused. @throws AppError `usage`
 */
export async function readSigstoreRoot(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw refused(path, 'cannot be read', cause);
  });
  if (Buffer.byteLength(text) > trustedRootBytesMax) throw refused(path, 'is larger than 1 MiB');
  let mediaType: unknown;
  try {
    ({ mediaType } = JSON.parse(text) as { mediaType?: unknown });
  } catch (cause) {
    throw refused(path, 'is not JSON', cause);
  }
  if (typeof mediaType !== 'string' || !mediaType.startsWith('application/vnd.dev.sigstore.trustedroot'))
    throw refused(path, 'is no Sigstore trusted root');
  return text;
}

function refused(path: string, why: string, cause?: unknown): AppError {
  return new AppError('usage', `The trusted root ${path} ${why}.`, {
    hint: 'Set ASSAY_TRUSTED_ROOT_FILE to the trusted_root.json of the log and time-stamp authority in use.',
    cause,
  });
}
