import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from '@hono/zod-openapi';
import { printable } from '#core/text/printable.ts';
import type { CliIo } from '../io.ts';
import { addServiceOptions, type ServiceFlags } from '../service-options.ts';
import { withService } from '../service/open-service.ts';
import { shortFormatOption } from '../output.ts';

const Token = z.object({
  id: z.uuid(),
  name: z.string(),
  scope: z.string(),
  createdBy: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
});
const CreatedToken = Token.extend({ token: z.string() });
const TokenList = z.object({ tokens: z.array(Token) });

type TokenFlags = ServiceFlags & { format: 'table' | 'json' };

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
    .action(async (name: string, flags: TokenFlags & { scope: string; expiresInDays: number }) => {
      await withService(io, flags, async ({ client }) => {
        const { scope, expiresInDays } = flags;
        const created = await client.post(CreatedToken, '/v1/tokens', { name, scope, expiresInDays });
        io.stdout.write(flags.format === 'json' ? json(created) : `${created.token}\n`);
        if (flags.quiet === true) return;
        io.stderr.write(
          `assay: token ${created.id} for ${printable(created.name)}, until ${created.expiresAt}; it is not shown again\n`,
        );
      });
    });

  withFlags(token.command('list').summary('list the tokens that were not revoked')).action(
    async (flags: TokenFlags) => {
      await withService(io, flags, async ({ client }) => {
        const { tokens } = await client.get(TokenList, '/v1/tokens');
        io.stdout.write(
          flags.format === 'json'
            ? json({ tokens })
            : tokens
                .map(
                  ({ id, scope, expiresAt, name }) =>
                    `${id}  ${scope.padEnd(9)}  ${expiresAt}  ${printable(name)}\n`,
                )
                .join(''),
        );
      });
    },
  );

  withFlags(token.command('revoke').summary('revoke a token, at once'))
    .argument('<id>', 'its id, as create and list print it')
    .action(async (id: string, flags: TokenFlags) => {
      await withService(io, flags, ({ client }) => client.remove(`/v1/tokens/${encodeURIComponent(id)}`));
    });
}

function withFlags(command: Command): Command {
  return addServiceOptions(command).addOption(shortFormatOption());
}

function json(content: object): string {
  return `${JSON.stringify({ schemaVersion: 1, ...content }, undefined, 2)}\n`;
}

function parseDays(text: string): number {
  const days = Number(text);
  if (/^\d{1,3}$/.test(text) && days >= 1 && days <= 366) return days;
  throw new InvalidArgumentError('from 1 to 366 days');
}
