import { Option, type Command } from 'commander';
import type { CliIo } from '../io.ts';
import { shortFormatOption } from '../output.ts';
import { addServiceOptions, parseSeconds, type ServiceFlags } from '../service-options.ts';

export interface SummaryFlags extends ServiceFlags {
  readonly policy: string;
  readonly output?: string;
  readonly timeout: number;
  readonly format: 'table' | 'json';
}

/** `assay summary <rebuild> --policy FILE`: 0 PASSED, 1 FAILED. Either way the result is signed. */
export function registerSummary(program: Command, io: CliIo): void {
  const command = program
    .command('summary')
    .summary('hold a rebuild against a policy, and have the result signed')
    .description(
      'Asks the service for an SLSA verification summary (VSA) of a finished rebuild under one policy. Exit code 0: PASSED; 1: FAILED, which is signed too.',
    )
    .argument('<rebuild>', 'the id of a rebuild')
    .requiredOption('--policy <file>', 'a policy, YAML or JSON (docs/policy.md)')
    .option('--output <file>', 'where to write the signed summary')
    .addOption(
      new Option('--timeout <seconds>', 'how long to wait for the signature')
        .argParser((text) => (text === '0' ? 0 : parseSeconds(text)))
        .default(120_000, '120'),
    )
    .addOption(shortFormatOption());
  addServiceOptions(command).action(async (id: string, flags: SummaryFlags) => {
    const { summarize } = await import('../actions/summary.ts');
    await summarize(io, id, flags);
  });
}
