import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CliIo } from '../io.ts';
import { shortFormatOption } from '../output.ts';
import { addServiceOptions, type ServiceFlags } from '../service-options.ts';

export interface TokenFlags extends ServiceFlags {
  readonly format: 'table' | 'json';
}

export interface CreateTokenFlags extends TokenFlags {
  readonly scope: 'submitter' | 'admin';
  readonly expiresInDays: number;
}

export function registerToken(program: Command, io: CliIo): void {
  const token = program
    .command('token')
    .summary('create, list and revoke tokens (admin)')
    .description(
      'Tokens let others submit rebuilds. A service keeps only their hashes: a token is shown once.',
    );

  withFlags(token.command('create').summary('create a token and print it'))
    .argument('<name>', 'whose it is; what is submitted with it belongs to token:<name>')
    .addOption(
      new Option('--scope <scope>', 'what it may do').choices(['submitter', 'admin']).default('submitter'),
    )
    .addOption(new Option('--expires-in-days <days>', 'when it ends').argParser(parseDays).default(90))
    .action(async (name: string, flags: CreateTokenFlags) => {
      const { createToken } = await import('../actions/token.ts');
      await createToken(io, name, flags);
    });

  withFlags(token.command('list').summary('list the tokens that were not revoked')).action(
    async (flags: TokenFlags) => {
      const { listTokens } = await import('../actions/token.ts');
      await listTokens(io, flags);
    },
  );

  withFlags(token.command('revoke').summary('revoke a token, at once'))
    .argument('<id>', 'its id, as create and list print it')
    .action(async (id: string, flags: TokenFlags) => {
      const { revokeToken } = await import('../actions/token.ts');
      await revokeToken(io, id, flags);
    });
}

function withFlags(command: Command): Command {
  return addServiceOptions(command).addOption(shortFormatOption());
}

function parseDays(text: string): number {
  const days = Number(text);
  if (/^\d{1,3}$/.test(text) && days >= 1 && days <= 366) return days;
  throw new InvalidArgumentError('from 1 to 366 days');
}
