import { Command } from 'commander';
import type { CliIo } from './io.ts';
import { version } from './version.ts';

type Register = (program: Command, io: CliIo) => void;

/**
 * Every command, in the order of the help: its options and texts. What it does is in `actions`, and is loaded when it acts,
 * so that no help waits for it.
 */
const commands: Readonly<Record<string, () => Promise<Register>>> = {
  rebuild: async () => (await import('./commands/rebuild.ts')).registerRebuild,
  submit: async () => (await import('./commands/submit.ts')).registerSubmit,
  wait: async () => (await import('./commands/wait.ts')).registerWait,
  verify: async () => (await import('./commands/verify.ts')).registerVerify,
  'trusted-root': async () => (await import('./commands/trusted-root.ts')).registerTrustedRoot,
  diff: async () => (await import('./commands/diff.ts')).registerDiff,
  check: async () => (await import('./commands/check.ts')).registerCheck,
  level: async () => (await import('./commands/level.ts')).registerLevel,
  summary: async () => (await import('./commands/summary.ts')).registerSummary,
  upstream: async () => (await import('./commands/upstream.ts')).registerUpstream,
  attestation: async () => {
    const { registerAttestation } = await import('./commands/attestation.ts');
    const { registerAttach } = await import('./commands/attach.ts');
    return (program, io) => {
      registerAttestation(program, io);
      registerAttach(program, io);
    };
  },
  key: async () => (await import('./commands/key.ts')).registerKey,
  token: async () => (await import('./commands/token.ts')).registerToken,
  up: async () => (await import('./commands/up.ts')).registerUp,
  doctor: async () => (await import('./commands/doctor.ts')).registerDoctor,
};

/** The program for one command line: with the command that `args` begin with, or with all of them. */
export async function createProgram(io: CliIo, args: readonly string[]): Promise<Command> {
  const [name = ''] = args;
  const wanted = Object.hasOwn(commands, name) ? [commands[name]] : Object.values(commands);
  const registers = await Promise.all(wanted.map((load) => load?.()));
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
  for (const register of registers) register?.(program, io);
  return program;
}
