import { type Command, InvalidArgumentError } from 'commander';
import { AppError } from '#core/errors/app-error.ts';
import type { CliIo } from '../io.ts';
import { closeOwn, dataRoot, ownOrJoin } from '../service/open-service.ts';
import { ensureSystemPrograms } from '../service/system-packages.ts';

export function registerUp(program: Command, io: CliIo): void {
  program
    .command('up')
    .summary('run the service in the foreground, on loopback')
    .description(
      'Runs the whole service in the foreground on 127.0.0.1: api, gateway, workers, PostgreSQL. It prints one JSON line\n' +
        'with its address on stdout when it is ready; Ctrl-C ends it and all of its processes.',
    )
    .option('--port <port>', 'the api listens here (default: a free port)', parsePort)
    .option('--yes', 'install missing system packages without asking')
    .option('--quiet', 'no progress on stderr')
    .action(async (flags: { port?: number; yes?: boolean; quiet?: boolean }) => {
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
    });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('a port is a number up to 65535');
}
