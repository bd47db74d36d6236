import { join, resolve } from 'node:path';
import { z } from '@hono/zod-openapi';
import type { Command } from 'commander';
import { AppError } from '#core/errors/app-error.ts';
import { printable } from '#core/text/printable.ts';
import { KeyHint } from '#schemas/trust.ts';
import { dataFolder } from '#services/embedded/data-folder.ts';
import { keyFileSigner } from '#services/signing/key-file.ts';
import type { CliIo } from '../io.ts';
import { dataRoot, withService } from '../service/open-service.ts';
import { addServiceOptions, type ServiceFlags } from '../service-options.ts';
import { shortFormatOption } from '../output.ts';

interface KeyFlags extends ServiceFlags {
  readonly keyFile?: string;
  readonly all?: boolean;
}

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

/** `assay key`: what bundles are verified with, and from when to when. */
export function registerKey(program: Command, io: CliIo): void {
  const key = program.command('key').summary('the key that verdicts are signed with');
  const command = key
    .command('export')
    .summary('print the public key')
    .description(
      'Prints the public key (PEM) of a service, of the embedded one when none is named. Compare it with one that reached you another way: a key from the service that it is to check proves little.',
    )
    .option('--key-file <file>', 'of this private key instead of a service')
    .option('--all', 'also the keys that the service signed with before, but for those that were revoked');
  addServiceOptions(command).action(async (flags: KeyFlags) => {
    for (const pem of await publicKeys(io, flags)) io.stdout.write(`${pem.trim()}\n`);
  });

  withFormat(key.command('list').summary('list the keys with when each is valid')).action(
    async (flags: FormatFlags) => {
      await withService(io, flags, async ({ client }) => {
        const { keys } = await client.get(Keys, '/v1/keys');
        show(io, flags, keys);
      });
    },
  );
  for (const { verb, summary, description } of withdrawals)
    withFormat(key.command(verb).summary(summary).description(description))
      .argument('<hint>', 'its hint, as list prints it, in either alphabet of base64')
      .action(async (hint: string, flags: FormatFlags) => {
        await withService(io, flags, async ({ client }) => {
          const { keys } = await client.post(Keys, `/v1/keys/${inPath(hint)}/${verb}`, {});
          show(io, flags, keys);
        });
      });
}

type FormatFlags = ServiceFlags & { readonly format: 'table' | 'json' };

/** How the use of a key ends. */
const withdrawals = [
  {
    verb: 'retire',
    summary: 'sign nothing more with a key (admin)',
    description:
      'What the key signed so far stays good, where a trusted time says that it was before. Start the attester with the new key first: both verify meanwhile.',
  },
  {
    verb: 'revoke',
    summary: 'take back all that a key signed (admin)',
    description:
      'For a key that somebody else may have had. It cannot be undone. What the key signed is told as revoked, and is signed again with the present key.',
  },
] as const;

function withFormat(command: Command): Command {
  return addServiceOptions(command).addOption(shortFormatOption());
}

function show(io: CliIo, { format }: FormatFlags, keys: readonly Key[]): void {
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
