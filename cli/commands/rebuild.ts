import { type Command, Option } from 'commander';
import type { RebuildRequest, RebuildResult } from '#schemas/rebuild.ts';
import { AppError } from '#core/errors/app-error.ts';
import { keepAttestations } from '../attestation-files.ts';
import { follow } from '../follow.ts';
import type { CliIo } from '../io.ts';
import { formatOption, outputOption, writeReports, type Format, type Output } from '../output.ts';
import { createProgress, type Progress } from '../progress/progress.ts';
import { suppliedRequest } from '../recipe/supplied-request.ts';
import { rebuildReports } from '../reports/rebuild-reports.ts';
import { exitCodeOf } from '../reports/rebuild-words.ts';
import { addServiceOptions, parseSeconds, type ServiceFlags } from '../service-options.ts';
import { openService, type OpenService } from '../service/open-service.ts';

export interface ReportFlags {
  readonly format: Format;
  readonly output: readonly Output[];
  readonly accept?: 'equivalent';
  readonly outputDir?: string;
}

export interface RebuildFlags extends ServiceFlags, ReportFlags {
  readonly file?: string;
  readonly recipe?: string;
  readonly replay?: string;
  readonly timeout: number;
}

/** Options that say what is shown of a result and where; shared with `wait`. */
export function addReportOptions(command: Command): Command {
  return command
    .addOption(formatOption())
    .addOption(outputOption())
    .addOption(new Option('--accept <verdict>', 'exit 0 for this verdict too').choices(['equivalent']))
    .option('--output-dir <folder>', 'where bundles and the public key go (default: the XDG state folder)')
    .addOption(
      new Option('--timeout <seconds>', 'give up waiting after this time')
        .argParser(parseSeconds)
        .default(3600_000, '3600'),
    );
}

export function registerRebuild(program: Command, io: CliIo): void {
  const command = program
    .command('rebuild')
    .summary('rebuild a published artifact from its source and compare every byte')
    .description(
      'Rebuilds a published artifact from its source in isolation, compares every byte and signs what was found.\n\n' +
        '  assay rebuild pkg:pypi/idna@3.20\n' +
        '  assay rebuild --recipe assay.yaml ./dist/thing.tar.gz\n' +
        '  assay rebuild --replay <id>',
    )
    .argument('[artifact]', 'a package URL; with --recipe, the published file')
    .option('--file <name>', 'which file of the package')
    .option('--recipe <file>', 'rebuild by this recipe (assay.yaml)')
    .option('--replay <id>', 'make a finished rebuild again from its record, with no network');
  addReportOptions(addServiceOptions(command)).action(
    async (artifact: string | undefined, flags: RebuildFlags) => {
      checkUsage(artifact, flags);
      const progress = createProgress(io, { quiet: flags.quiet ?? false });
      try {
        await rebuild(io, progress, artifact, flags);
      } finally {
        progress.close();
      }
    },
  );
}

function checkUsage(artifact: string | undefined, flags: RebuildFlags): void {
  const usage = (message: string): never => {
    throw new AppError('usage', message, { hint: 'assay rebuild --help' });
  };
  if (flags.replay !== undefined && (artifact !== undefined || flags.recipe !== undefined)) {
    usage('--replay stands alone: the record says what to rebuild');
  }
  if (flags.replay === undefined && artifact === undefined)
    usage('say what to rebuild: a package URL, or a file with --recipe');
  if (flags.recipe === undefined && artifact !== undefined && !artifact.startsWith('pkg:')) {
    usage('an artifact is named by its package URL (pkg:…); a file needs --recipe');
  }
}

async function rebuild(
  io: CliIo,
  progress: Progress,
  artifact: string | undefined,
  flags: RebuildFlags,
): Promise<void> {
  const service = await openService(io, { ...flags, onProgress: (text) => progress.step(text) });
  try {
    const request = await requestOf(io, service, progress, artifact, flags);
    const submitted = await service.client.submit(request);
    const finished = await followOrCancel(io, service, progress, submitted, flags.timeout);
    const kept = await keepAttestations(io, service.client, finished, {
      ...(flags.outputDir !== undefined && { outputDir: flags.outputDir }),
      ...(flags.recipe !== undefined && artifact !== undefined && { local: artifact }),
    });
    progress.close();
    await report(io, kept?.result ?? finished, kept?.verifyCommand, flags);
  } finally {
    await service.close();
  }
}

/** Writes the result in every format that was asked for and sets the exit code. */
export async function report(
  io: CliIo,
  result: RebuildResult,
  verifyCommand: string | undefined,
  flags: ReportFlags,
): Promise<void> {
  await writeReports(io, flags, rebuildReports(result, verifyCommand === undefined ? {} : { verifyCommand }));
  io.exitWith(exitCodeOf(result.verdict, { acceptEquivalent: flags.accept === 'equivalent' }));
}

async function requestOf(
  io: CliIo,
  service: OpenService,
  progress: Progress,
  artifact: string | undefined,
  flags: RebuildFlags,
): Promise<RebuildRequest> {
  if (flags.replay !== undefined) return { kind: 'replay', of: flags.replay };
  if (flags.recipe !== undefined && artifact !== undefined) {
    progress.step('packing and sending the source');
    return suppliedRequest(io, service.client, { recipe: flags.recipe, artifact });
  }
  return { kind: 'purl', purl: artifact ?? '', ...(flags.file !== undefined && { file: flags.file }) };
}

/** What we interrupt in a service of our own would go on at its next start: it is cancelled instead. */
async function followOrCancel(
  io: CliIo,
  service: OpenService,
  progress: Progress,
  submitted: RebuildResult,
  timeoutMs: number,
): Promise<RebuildResult> {
  const { id } = submitted.rebuild;
  try {
    return await follow(io, service.client, progress, id, timeoutMs);
  } catch (error) {
    if (!service.own) {
      if (io.signal.aborted)
        io.stderr.write(`assay: the rebuild goes on; to wait for it: assay wait ${id}\n`);
      throw error;
    }
    await service.cancelQuietly(id);
    throw error;
  }
}
