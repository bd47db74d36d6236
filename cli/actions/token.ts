import { z } from '@hono/zod-openapi';
import { printable } from '#core/text/printable.ts';
import type { CreateTokenFlags, TokenFlags } from '../commands/token.ts';
import type { CliIo } from '../io.ts';
import type { ServiceFlags } from '../service-options.ts';
import { withService } from '../service/open-service.ts';

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

export async function createToken(io: CliIo, name: string, flags: CreateTokenFlags): Promise<void> {
  const { scope, expiresInDays } = flags;
  const created = await withService(io, flags, ({ client }) =>
    client.post(CreatedToken, '/v1/tokens', { name, scope, expiresInDays }),
  );
  io.stdout.write(flags.format === 'json' ? json(created) : `${created.token}\n`);
  if (flags.quiet === true) return;
  io.stderr.write(
    `assay: token ${created.id} for ${printable(created.name)}, until ${created.expiresAt}; it is not shown again\n`,
  );
}

export async function listTokens(io: CliIo, flags: TokenFlags): Promise<void> {
  const { tokens } = await withService(io, flags, ({ client }) => client.get(TokenList, '/v1/tokens'));
  const line = ({ id, scope, expiresAt, name }: z.output<typeof Token>): string =>
    `${id}  ${scope.padEnd(9)}  ${expiresAt}  ${printable(name)}\n`;
  io.stdout.write(flags.format === 'json' ? json({ tokens }) : tokens.map(line).join(''));
}

export async function revokeToken(io: CliIo, id: string, flags: ServiceFlags): Promise<void> {
  await withService(io, flags, ({ client }) => client.remove(`/v1/tokens/${encodeURIComponent(id)}`));
}

function json(content: object): string {
  return `${JSON.stringify({ schemaVersion: 1, ...content }, undefined, 2)}\n`;
}
