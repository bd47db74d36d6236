import { Command } from 'commander';
import { registerAttach } from './commands/attach.ts';
import { registerAttestation } from './commands/attestation.ts';
import { registerDiff } from './commands/diff.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerLevel } from './commands/level.ts';
import { registerKey } from './commands/key.ts';
import { registerRebuild } from './commands/rebuild.ts';
import { registerSubmit } from './commands/submit.ts';
import { registerSummary } from './commands/summary.ts';
import { registerToken } from './commands/token.ts';
import { registerTrustedRoot } from './commands/trusted-root.ts';
import { registerUp } from './commands/up.ts';
import { registerUpstream } from './commands/upstream.ts';
import { registerVerify } from './commands/verify.ts';
import { registerWait } from './commands/wait.ts';
import type { CliIo } from './io.ts';
import { version } from './version.ts';

/** Every command, in the order of the help. */
const commands = [
  registerRebuild,
  registerSubmit,
  registerWait,
  registerVerify,
  registerTrustedRoot,
  registerDiff,
  registerLevel,
  registerSummary,
  registerUpstream,
  registerAttestation,
  registerAttach,
  registerKey,
  registerToken,
  registerUp,
  registerDoctor,
];

export function createProgram(io: CliIo): Command {
  const program = new Command('assay')
    .description('Rebuilds published artifacts from source, compares every byte and signs what it found.')
    .version(version)
    .showHelpAfterError('(--help shows what is possible)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  for (const register of commands) register(program, io);
  return program;
}
