import { join, resolve } from 'node:path';
import { z } from '@hono/zod-openapi';
import { AppError } from '#core/errors/app-error.ts';
import { printable } from '#core/text/printable.ts';
import { KeyHint } from '#schemas/trust.ts';
import { dataFolder } from '#services/embedded/data-folder.ts';
import { keyFileSigner } from '#services/signing/key-file.ts';
import type { KeyFlags, KeysFlags } from '../commands/key.ts';
import type { CliIo } from '../io.ts';
import { dataRoot, withService } from '../service/open-service.ts';

/** Answer of `GET /v1/keys`, newest first, as far as it is used here. */
const Keys = z.object({
  keys: z.array(
    z.object({
      hint: KeyHint,
      publicKeyPem: z
        .string()
        .regex(/^-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----\s*$/),
      builderId: z.string(),
      validFrom: z.string(),
      retiredAt: z.string().optional(),
      revokedAt: z.string().optional(),
    }),
  ),
});
type Key = z.output<typeof Keys>['keys'][number];

export async function exportKeys(io: CliIo, flags: KeyFlags): Promise<void> {
  for (const pem of await publicKeys(io, flags)) io.stdout.write(`${pem.trim()}\n`);
}

export async function listKeys(io: CliIo, flags: KeysFlags): Promise<void> {
  const { keys } = await withService(io, flags, ({ client }) => client.get(Keys, '/v1/keys'));
  show(io, flags, keys);
}

/** @throws AppError `usage` for what is no hint, and what the service answers */
export async function withdrawKey(
  io: CliIo,
  how: 'retire' | 'revoke',
  hint: string,
  flags: KeysFlags,
): Promise<void> {
  const path = `/v1/keys/${inPath(hint)}/${how}`;
  const { keys } = await withService(io, flags, ({ client }) => client.post(Keys, path, {}));
  show(io, flags, keys);
}

function show(io: CliIo, { format }: KeysFlags, keys: readonly Key[]): void {
  io.stdout.write(
    format === 'json'
      ? `${JSON.stringify({ schemaVersion: 1, keys }, undefined, 2)}\n`
      : keys.map((key) => `${key.hint}  ${validity(key)}  ${printable(key.builderId)}\n`).join(''),
  );
}

function validity({ validFrom, retiredAt, revokedAt }: Key): string {
  if (revokedAt !== undefined) return `revoked ${printable(revokedAt)}`;
  const end = retiredAt === undefined ? 'in use' : `retired ${printable(retiredAt)}`;
  return `from ${printable(validFrom)}, ${end}`;
}

/** A hint as the path has it: base64url without padding. @throws AppError `usage` */
function inPath(hint: string): string {
  const bytes = /^[A-Za-z0-9+/_-]{43}=?$/.test(hint) ? Buffer.from(hint, 'base64') : Buffer.of();
  if (bytes.length === 32) return bytes.toString('base64url');
  throw new AppError('usage', `${printable(hint)} is no hint of a key.`, {
    hint: '`assay key list` prints them.',
  });
}

async function publicKeys(io: CliIo, flags: KeyFlags): Promise<string[]> {
  if (flags.keyFile !== undefined) return [await publicKeyOf(resolve(io.cwd, flags.keyFile))];
  try {
    return await keysOfService(io, flags);
  } catch (error) {
    const named = flags.api ?? io.env['ASSAY_API_URL'];
    if (named !== undefined || !(error instanceof AppError) || error.code !== 'unavailable') throw error;
    // No service runs here: the key of the embedded one is in its data folder.
    const { keys } = dataFolder(await dataRoot(io));
    return [await publicKeyOf(join(keys, 'signing.pem'), error)];
  }
}

async function keysOfService(io: CliIo, flags: KeyFlags): Promise<string[]> {
  const { keys } = await withService(io, flags, ({ client }) => client.get(Keys, '/v1/keys'));
  const good = keys.filter(({ revokedAt }) => revokedAt === undefined);
  if (good.length === 0)
    throw new AppError('not-found', 'The service has no key that it signs or signed with.', {
      hint: 'Where it signs without a key of its own, `assay trusted-root` gives what verifies its bundles.',
    });
  return (flags.all ? good : good.slice(0, 1)).map(({ publicKeyPem }) => publicKeyPem);
}

/** `instead`: what is told where there is no such file, because it was not the user who named it. */
async function publicKeyOf(path: string, instead?: AppError): Promise<string> {
  try {
    return (await keyFileSigner(path)).publicKeyPem;
  } catch (error) {
    if (instead && error instanceof AppError && error.code === 'missing-component') throw instead;
    throw error;
  }
}
