import { resolve } from 'node:path';
import type { Command } from 'commander';
import { AppError } from '#core/errors/app-error.ts';
import { LevelReport } from '#schemas/level-report.ts';
import { Lookup } from '#schemas/rebuild.ts';
import type { AssayClient } from '../client/client.ts';
import type { CliIo } from '../io.ts';
import { levelTable } from '../reports/level-table.ts';
import { addServiceOptions, type ServiceFlags } from '../service-options.ts';
import { openService } from '../service/open-service.ts';
import { digestOf } from '../verify/digest-of.ts';
import { shortFormatOption } from '../output.ts';

const rebuildId = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** `assay level <rebuild id|purl|sha256:…|file>`: the facts behind a level, and what the next one lacks. */
export function registerLevel(program: Command, io: CliIo): void {
  const command = program
    .command('level')
    .summary('the facts that a rebuild’s SLSA level follows from, and what the next level lacks')
    .description(
      'Prints each fact with its value, whether it was measured or declared, and the evidence, as the signed comparison states them.',
    )
    .argument('<what>', 'the id of a rebuild, a package URL, sha256:<hex>, or a file')
    .addOption(shortFormatOption());
  addServiceOptions(command).action(
    async (what: string, flags: ServiceFlags & { format: 'table' | 'json' }) => {
      const service = await openService(io, flags);
      try {
        const id = await idOf(io, service.client, what);
        const report = await service.client.get(LevelReport, `/v1/rebuilds/${encodeURIComponent(id)}/level`);
        io.stdout.write(
          flags.format === 'json' ? `${JSON.stringify(report, undefined, 2)}\n` : levelTable(report),
        );
      } finally {
        await service.close();
      }
    },
  );
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
