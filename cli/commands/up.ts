import { type Command, InvalidArgumentError } from 'commander';
import type { CliIo } from '../io.ts';

export interface UpFlags {
  readonly port?: number;
  readonly yes?: boolean;
  readonly quiet?: boolean;
}

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
    .action(async (flags: UpFlags) => {
      const { up } = await import('../actions/up.ts');
      await up(io, flags);
    });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('a port is a number up to 65535');
}
