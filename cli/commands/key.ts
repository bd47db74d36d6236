import type { Command } from 'commander';
import type { CliIo } from '../io.ts';
import { shortFormatOption } from '../output.ts';
import { addServiceOptions, type ServiceFlags } from '../service-options.ts';

export interface KeyFlags extends ServiceFlags {
  readonly keyFile?: string;
  readonly all?: boolean;
}

export type KeysFlags = ServiceFlags & { readonly format: 'table' | 'json' };

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
    const { exportKeys } = await import('../actions/key.ts');
    await exportKeys(io, flags);
  });

  withFormat(key.command('list').summary('list the keys with when each is valid')).action(
    async (flags: KeysFlags) => {
      const { listKeys } = await import('../actions/key.ts');
      await listKeys(io, flags);
    },
  );
  for (const { verb, summary, description } of withdrawals)
    withFormat(key.command(verb).summary(summary).description(description))
      .argument('<hint>', 'its hint, as list prints it, in either alphabet of base64')
      .action(async (hint: string, flags: KeysFlags) => {
        const { withdrawKey } = await import('../actions/key.ts');
        await withdrawKey(io, verb, hint, flags);
      });
}

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
