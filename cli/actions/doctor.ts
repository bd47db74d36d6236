import { homedir } from 'node:os';
import { printable } from '#core/text/printable.ts';
import { dataFolderPath } from '#services/embedded/data-folder.ts';
import { upstreamStatuses } from '#services/embedded/upstreams.ts';
import { limited, ok, type Check } from '../doctor/check.ts';
import { permittedLevel, type PermittedLevel } from '../doctor/permitted-level.ts';
import {
  checkDisk,
  checkNamespaces,
  checkNode,
  checkPrograms,
  checkSubordinateIds,
  checkUsers,
} from '../doctor/host-checks.ts';
import { checkApt, checkCgroups, checkDocker } from '../doctor/limit-checks.ts';
import type { CliIo } from '../io.ts';

export async function doctor(io: CliIo, { format }: { readonly format: 'table' | 'json' }): Promise<void> {
  const checks = await lookAround(io);
  const canRebuild = checks.every(({ status }) => status !== 'missing');
  const permits = permittedLevel(checks, process.getuid?.() === 0);
  // `level`: what the embedded service gives; `permits`: what a hosted one could give here.
  const report = { schemaVersion: 1, canRebuild, level: 'SLSA_BUILD_LEVEL_1', permits, checks };
  io.stdout.write(
    format === 'json' ? `${JSON.stringify(report, undefined, 2)}\n` : table(checks, canRebuild, permits),
  );
  io.exitWith(canRebuild ? 0 : 5);
}

async function lookAround(io: CliIo): Promise<Check[]> {
  const uid = process.getuid?.() ?? -1;
  const folder = dataFolderPath(io.env, { uid, home: io.env['HOME'] ?? homedir() });
  const found = await Promise.all([
    checkNode(),
    checkPrograms(uid === 0),
    checkNamespaces(),
    checkSubordinateIds(uid === 0),
    checkUsers(uid === 0),
    checkCgroups(),
    checkDocker(io.env['ASSAY_DOCKER_HOST']),
    checkDisk(folder),
    checkApt(),
    checkRegistries(io),
  ]);
  return found.flat();
}

async function checkRegistries(io: CliIo): Promise<Check[]> {
  return (await upstreamStatuses(io.env)).map(({ kind, variable, url, answers, fault }) => {
    const name = `${kind} registry`;
    if (answers) return ok(name, `${url} answers`, false);
    return limited(
      name,
      `${url ?? 'not known'}: ${fault ?? 'no answer'}`,
      `set ${variable} to the URL of one that answers`,
    );
  });
}

const words = { ok: 'ok', missing: 'MISSING', limited: 'limited' } as const;

function table(checks: readonly Check[], canRebuild: boolean, permits: PermittedLevel): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap(({ name, status, found, remedy }) => [
    `${words[status].padEnd(8)} ${name.padEnd(width)}  ${printable(found, 300)}`,
    ...(remedy === undefined ? [] : [`${' '.repeat(10 + width)} to fix it: ${remedy}`]),
  ]);
  const sentence = canRebuild
    ? 'This host can rebuild. What it signs has SLSA Build Level 1: a workstation is nobody else\u2019s proof.'
    : 'This host cannot rebuild yet: something that is needed is missing.';
  const hosted = `Declared hosted, a deployment on this host can reach ${permits.level}: ${permits.words}.`;
  return [sentence, ...(canRebuild ? [hosted] : []), '', ...lines, ''].join('\n');
}
