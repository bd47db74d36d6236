import { type Command, InvalidArgumentError, Option } from 'commander';

/** The options of every command that talks to a service. */
export interface ServiceFlags {
  readonly api?: string;
  readonly token?: string;
  readonly quiet?: boolean;
  readonly yes?: boolean;
}

export function addServiceOptions(command: Command): Command {
  return command
    .option('--api <url>', 'the service to use (or ASSAY_API_URL); default: the one on this machine')
    .addOption(new Option('--token <token>', 'token for that service (better: ASSAY_TOKEN)'))
    .option('--yes', 'install missing system packages without asking')
    .option('--quiet', 'no progress on stderr');
}

/** Seconds, as milliseconds. */
export function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (/^\d{1,7}$/.test(text) && seconds > 0) return seconds * 1000;
  throw new InvalidArgumentError('a time is a whole number of seconds');
}
