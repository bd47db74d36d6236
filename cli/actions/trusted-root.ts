import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AppError } from '#core/errors/app-error.ts';
import { TrustDocument } from '#schemas/trust.ts';
import type { TrustedRootFlags } from '../commands/trusted-root.ts';
import type { CliIo } from '../io.ts';
import { withService } from '../service/open-service.ts';

const warning =
  'This trust comes from the service that it is to check, and proves little by itself: compare it with one that reached you another way, and keep it.';

/** @throws AppError `not-found`, `upstream`, `usage` */
export async function printTrustedRoot(io: CliIo, flags: TrustedRootFlags): Promise<void> {
  const document = await withService(io, flags, ({ client }) =>
    client.get(TrustDocument, '/v1/trusted-root'),
  );
  const text = rendered(document, flags.format);
  if (flags.output === undefined) io.stdout.write(text);
  else {
    await writeFile(resolve(io.cwd, flags.output), text).catch((cause: unknown) => {
      throw new AppError('usage', `${flags.output} cannot be written.`, { cause });
    });
  }
  io.stderr.write(`assay: ${warning}\n`);
}

/** @throws AppError `not-found` where the service has none of what was asked for */
function rendered(document: TrustDocument, format: TrustedRootFlags['format']): string {
  const { keys, sigstore } = document;
  if (format === 'json') return `${JSON.stringify(document, null, 2)}\n`;
  if (format === 'sigstore') {
    if (sigstore !== undefined) return sigstore;
    throw new AppError('not-found', 'The service has no Sigstore trusted root.', {
      hint: 'It signs with keys of its own: --format json or pem.',
    });
  }
  const current = keys.filter(
    ({ retiredAt, revokedAt }) => retiredAt === undefined && revokedAt === undefined,
  );
  if (current.length === 0) throw new AppError('not-found', 'The service has no key in use.');
  return current.map(({ publicKeyPem }) => `${pemOnly(publicKeyPem)}\n`).join('');
}

/** Nothing but the block: what else a service wrote into the text does not reach the terminal. */
function pemOnly(text: string): string {
  const [block] = /-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----/.exec(text) ?? [];
  if (block !== undefined) return block;
  throw new AppError('upstream', 'The service answered a key that is none.');
}
