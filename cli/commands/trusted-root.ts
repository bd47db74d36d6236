import { Option, type Command } from 'commander';
import type { CliIo } from '../io.ts';
import { addServiceOptions, type ServiceFlags } from '../service-options.ts';

export interface TrustedRootFlags extends ServiceFlags {
  readonly format: 'json' | 'pem' | 'sigstore';
  readonly output?: string;
}

/** `assay trusted-root`: what the bundles of a service are verified with, for `assay verify --trusted-root` and others. */
export function registerTrustedRoot(program: Command, io: CliIo): void {
  const command = program
    .command('trusted-root')
    .summary('print what the bundles of a service are verified with')
    .description(
      'Prints the keys of a service with their validity and, where it has one, the Sigstore trusted root of its witnesses, as `assay verify --trusted-root` takes them. Keep the file: a verification is offline, and a root that is fetched each time from the service that it is to check checks nothing.',
    )
    .addOption(
      new Option(
        '--format <format>',
        'json: all, for --trusted-root; pem: the keys that are neither retired nor revoked, for --key; sigstore: the trusted_root.json alone, for cosign and others',
      )
        .choices(['json', 'pem', 'sigstore'])
        .default('json'),
    )
    .option('--output <file>', 'write it to a file');
  addServiceOptions(command).action(async (flags: TrustedRootFlags) => {
    const { printTrustedRoot } = await import('../actions/trusted-root.ts');
    await printTrustedRoot(io, flags);
  });
}
