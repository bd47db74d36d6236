import { join, resolve } from 'node:path';
import { z } from '@hono/zod-openapi';
import type { Command } from 'commander';
import { AppError } from '#core/errors/app-error.ts';
import { dataFolder } from '#services/embedded/data-folder.ts';
import { keyFileSigner } from '#services/signing/key-file.ts';
import type { CliIo } from '../io.ts';
import { dataRoot, joinService } from '../service/open-service.ts';
import { addServiceOptions, type ServiceFlags } from '../service-options.ts';

interface KeyFlags extends ServiceFlags {
  readonly keyFile?: string;
  readonly all?: boolean;
}

/** Answer of `GET /v1/keys`, newest first, as far as it is used here. */
const Keys = z.object({
  keys: z.array(
    z.object({
      hint: z.string(),
      publicKeyPem: z
        .string()
        .regex(/^-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----\s*$/),
      builderId: z.string(),
    }),
  ),
});

/** `assay key export`: the public key that bundles are verified with. */
export function registerKey(program: Command, io: CliIo): void {
  const key = program.command('key').summary('the key that verdicts are signed with');
  const command = key
    .command('export')
    .summary('print the public key')
    .description(
      'Prints the public key (PEM) of a service, of the embedded one when none is named. Compare it with one that reached you another way: a key from the service that it is to check proves little.',
    )
    .option('--key-file <file>', 'of this private key instead of a service')
    .option('--all', 'also the keys that the service signed with before');
  addServiceOptions(command).action(async (flags: KeyFlags) => {
    for (const pem of await publicKeys(io, flags)) io.stdout.write(`${pem.trim()}\n`);
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
  const service = await joinService(io, flags);
  try {
    const { keys } = await service.client.get(Keys, '/v1/keys');
    if (keys.length === 0) throw new AppError('not-found', 'The service has not signed anything yet.');
    return (flags.all ? keys : keys.slice(0, 1)).map(({ publicKeyPem }) => publicKeyPem);
  } finally {
    await service.close();
  }
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
