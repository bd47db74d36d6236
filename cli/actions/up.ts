import { AppError } from '#core/errors/app-error.ts';
import type { UpFlags } from '../commands/up.ts';
import type { CliIo } from '../io.ts';
import { closeOwn, dataRoot, ownOrJoin } from '../service/open-service.ts';
import { ensureSystemPrograms } from '../service/system-packages.ts';

/** Runs the embedded service until it is interrupted. @throws AppError `conflict` where it runs already */
export async function up(io: CliIo, flags: UpFlags): Promise<void> {
  await ensureSystemPrograms(io, { yes: flags.yes ?? false });
  const started = await ownOrJoin(
    io,
    await dataRoot(io),
    {
      ...(flags.port !== undefined && { port: flags.port }),
      onProgress: (text) => void (flags.quiet === true || io.stderr.write(`assay: ${text}\n`)),
    },
    'stderr',
  );
  if ('client' in started) {
    await started.close();
    throw new AppError('conflict', `the service of this data folder already runs at ${started.url}`);
  }
  const { service, ownership } = started;
  io.stdout.write(`${JSON.stringify({ listening: service.url, processes: service.processes() })}\n`);
  await new Promise<void>((resolve) => {
    if (io.signal.aborted) resolve();
    io.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await closeOwn(io, service, ownership);
}
