import { Option, type Command } from 'commander';
import type { CliIo } from '../io.ts';
import { addServiceOptions, type ServiceFlags } from '../service-options.ts';

export interface GetFlags extends ServiceFlags {
  readonly oci?: string;
  readonly output?: string;
  readonly format: 'table' | 'json' | 'intoto-jsonl';
}

/** `assay attestation get <purl|sha256:…|file|rebuild id>`: writes the bundles that a service has. */
export function registerAttestation(program: Command, io: CliIo): void {
  const attestation = program.command('attestation').summary('what was signed about a file');
  const command = attestation
    .command('get')
    .summary('fetch the signed bundles')
    .description(
      'Writes <file>.<kind>.sigstore.json for each bundle that a service has, where `assay verify <file>` finds them; with --format intoto-jsonl one <file>.intoto.jsonl with a bundle on each line. It fetches only: nothing is verified here.',
    )
    .argument('[what]', 'a package URL, sha256:<hex>, a file, or the id of a rebuild')
    .option('--oci <image>', 'instead: what is attached to registry/repository@sha256:<digest>, asked there')
    .option('--output <folder>', 'where to write (default: next to a file that was named, else here)')
    .addOption(
      new Option('--format <format>', 'what stdout gets, or that one file of lines is written')
        .choices(['table', 'json', 'intoto-jsonl'])
        .default('table'),
    );
  addServiceOptions(command).action(async (what: string | undefined, flags: GetFlags) => {
    const { getAttestations } = await import('../actions/get-attestations.ts');
    await getAttestations(io, what, flags);
  });
}
