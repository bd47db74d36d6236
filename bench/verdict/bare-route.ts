import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { Kysely, PostgresDialect } from 'kysely';
import type { Pool } from 'pg';
import type { RebuildResult } from '#schemas/rebuild.ts';
import type { ControlDeps } from '#services/control/deps.ts';
import { lookup } from '#services/control/lookup.ts';
import type { Database } from '#services/store/tables.ts';

/**
 * The reference: a Hono route with nothing around it that does the very SELECT of our look-up on a pool of its own and
 * serialises the same document.
 */
export async function serveBareRoute(
  pool: Pool,
  statement: Statement,
): Promise<{ url: string; close(): Promise<void> }> {
  const app = new Hono();
  app.get('/v1/verdicts/:digest', async (c) => {
    const sha256 = c.req.param('digest').slice('sha256:'.length);
    const { rows } = await pool.query<{ view: string }>(statement.sql, [sha256, ...statement.further]);
    const result = JSON.parse(rows[0]?.view ?? 'null') as RebuildResult;
    const { verdict, detail } = result;
    return c.json({ schemaVersion: 1, query: { sha256 }, verdict, detail, result, supplied: [] });
  });
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

export interface Statement {
  readonly sql: string;
  /** Parameters after the digest. */
  readonly further: readonly unknown[];
}

/** What a look-up by digest asks of PostgreSQL: seen, not written down again. @throws Error where it is not one SELECT */
export async function observeLookup(deps: ControlDeps, pool: Pool, sha256: string): Promise<Statement> {
  const seen: { sql: string; parameters: readonly unknown[] }[] = [];
  const store = new Kysely<Database>({
    dialect: new PostgresDialect({ pool }),
    log: ({ query }) => void seen.push(query),
  });
  await lookup({ ...deps, store }, { subject: 'anonymous', scope: 'anonymous' }, { sha256 });
  const [only, ...others] = seen;
  if (only === undefined || others.length > 0 || only.parameters[0] !== sha256)
    throw new Error(`a look-up is no longer one SELECT: ${JSON.stringify(seen)}`);
  return { sql: only.sql, further: only.parameters.slice(1) };
}
