import type { Command } from 'commander';
import type { CliIo } from '../io.ts';
import { addVerifyOptions, type VerifyFlags } from '../verify/verify-flags.ts';

/** `assay verify FILE --bundle B --key K`: offline, without any service. Exit codes: docs/cli.md. */
export function registerVerify(program: Command, io: CliIo): void {
  const command = program
    .command('verify')
    .summary('verify what was signed about a file, offline')
    .description(
      'Verifies signed bundles about a file, without any service. Every bundle that is given has to pass; with --rebuilders or --policy, as many operators as these ask for. Without --bundle those next to the file are taken; none at all is exit code 3, never a pass.',
    )
    .argument('<file>', 'the published file');
  addVerifyOptions(command).action(async (file: string, flags: VerifyFlags) => {
    const { verify } = await import('../actions/verify.ts');
    await verify(io, file, flags);
  });
}
