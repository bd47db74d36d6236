import type { Command } from 'commander';
import type { CliIo } from '../io.ts';
import { shortFormatOption } from '../output.ts';
import { addServiceOptions, type ServiceFlags } from '../service-options.ts';

export interface LevelFlags extends ServiceFlags {
  readonly format: 'table' | 'json';
}

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
  addServiceOptions(command).action(async (what: string, flags: LevelFlags) => {
    const { level } = await import('../actions/level.ts');
    await level(io, what, flags);
  });
}
