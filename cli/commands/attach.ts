import { Option, type Command } from 'commander';
import type { CliIo } from '../io.ts';
import { shortFormatOption } from '../output.ts';

export interface AttachFlags {
  readonly bundle: readonly string[];
  readonly format: 'table' | 'json';
}

/** `assay attestation attach <image@sha256:…> --bundle F…`: beside `get`, under the same command. */
export function registerAttach(program: Command, io: CliIo): void {
  const attestation = program.commands.find((command) => command.name() === 'attestation');
  if (!attestation) throw new TypeError('registerAttach comes after registerAttestation');
  attestation
    .command('attach')
    .summary('attach signed bundles to an image')
    .description(
      'Attaches bundles about an image to it in its registry, where `cosign verify-attestation`, `assay upstream` and `assay attestation get --oci` find them: as referrers, or under the tag sha256-<hex> where the registry keeps no referrers. It attaches only: nothing is verified here.',
    )
    .argument('<image>', 'registry/repository@sha256:<digest>')
    .addOption(
      new Option('--bundle <file>', 'a Sigstore bundle v0.3 about that image; repeatable')
        .argParser((text: string, before: readonly string[]) => [...before, text])
        .default([], 'none'),
    )
    .addOption(shortFormatOption())
    .action(async (image: string, flags: AttachFlags) => {
      const { attach } = await import('../actions/attach.ts');
      await attach(io, image, flags);
    });
}
