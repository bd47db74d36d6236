import type { RebuildResult } from '#schemas/rebuild.ts';
import { keepAttestations } from '../attestation-files.ts';
import type { ReportFlags } from '../commands/rebuild.ts';
import type { CliIo } from '../io.ts';
import { writeReports } from '../output.ts';
import { createProgress, type Progress } from '../progress/progress.ts';
import { rebuildReports } from '../reports/rebuild-reports.ts';
import { exitCodeOf } from '../reports/rebuild-words.ts';
import type { ServiceFlags } from '../service-options.ts';
import { openService, withService, type OpenService } from '../service/open-service.ts';

/**
 * Waits for a rebuild by `finish`, keeps what was signed, and writes the result in every format that was asked for, with
 * its exit code. `local`: the artifact's own file, beside which bundles are kept.
 */
export async function followAndReport(
  io: CliIo,
  flags: ServiceFlags & ReportFlags,
  { local }: { readonly local?: string },
  finish: (service: OpenService, progress: Progress) => Promise<RebuildResult>,
): Promise<void> {
  const progress = createProgress(io, { quiet: flags.quiet ?? false });
  const options = { ...flags, onProgress: (text: string) => progress.step(text) };
  try {
    await withService(
      io,
      options,
      async (service) => {
        const finished = await finish(service, progress);
        const kept = await keepAttestations(io, service.client, finished, {
          ...(flags.outputDir !== undefined && { outputDir: flags.outputDir }),
          ...(local !== undefined && { local }),
        });
        progress.close();
        const { result = finished, verifyCommand } = kept ?? {};
        await writeReports(
          io,
          flags,
          rebuildReports(result, verifyCommand === undefined ? {} : { verifyCommand }),
        );
        io.exitWith(exitCodeOf(result.verdict, { acceptEquivalent: flags.accept === 'equivalent' }));
      },
      openService,
    );
  } finally {
    progress.close();
  }
}
