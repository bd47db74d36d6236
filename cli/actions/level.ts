import { resolve } from 'node:path';
import { AppError } from '#core/errors/app-error.ts';
import { LevelReport } from '#schemas/level-report.ts';
import { Lookup } from '#schemas/rebuild.ts';
import type { AssayClient } from '../client/client.ts';
import type { LevelFlags } from '../commands/level.ts';
import type { CliIo } from '../io.ts';
import { levelTable } from '../reports/level-table.ts';
import { openService, withService } from '../service/open-service.ts';
import { digestOf } from '../verify/digest-of.ts';

const rebuildId = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

export async function level(io: CliIo, what: string, flags: LevelFlags): Promise<void> {
  const ask = async (client: AssayClient): Promise<LevelReport> => {
    const id = await idOf(io, client, what);
    return client.get(LevelReport, `/v1/rebuilds/${encodeURIComponent(id)}/level`);
  };
  const report = await withService(io, flags, ({ client }) => ask(client), openService);
  io.stdout.write(flags.format === 'json' ? `${JSON.stringify(report, undefined, 2)}\n` : levelTable(report));
}

/** The rebuild that is meant, or whose verdict answers. @throws AppError `not-found`, `usage` */
async function idOf(io: CliIo, client: AssayClient, what: string): Promise<string> {
  if (rebuildId.test(what)) return what;
  const path = what.startsWith('pkg:')
    ? `/v1/verdicts?purl=${encodeURIComponent(what)}`
    : `/v1/verdicts/sha256:${await sha256Of(io, what)}`;
  const { result } = await client.get(Lookup, path);
  if (result !== undefined) return result.rebuild.id;
  throw new AppError('not-found', `The service has rebuilt nothing that answers for ${what}.`, {
    hint: 'assay rebuild makes a verdict for it.',
  });
}

async function sha256Of(io: CliIo, what: string): Promise<string> {
  if (!what.startsWith('sha256:')) return digestOf(resolve(io.cwd, what), what);
  const hex = what.slice('sha256:'.length);
  if (/^[0-9a-f]{64}$/.test(hex)) return hex;
  throw new AppError('usage', 'A digest is sha256: and 64 lower-case hex digits.');
}
