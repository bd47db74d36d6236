import type { Command } from 'commander';
import type { CliIo } from '../io.ts';
import { addServiceOptions } from '../service-options.ts';
import { addUpstreamOptions, type UpstreamFlags } from '../upstream/flags.ts';

/** `assay upstream <purl|file|image@sha256:…>`: what others say of a file, held against our rebuild. docs/upstream.md */
export function registerUpstream(program: Command, io: CliIo): void {
  const command = program
    .command('upstream')
    .summary('what the publisher and other rebuilders say, verified and held against our rebuild')
    .description(
      'Fetches what the publisher or another rebuilder signed about a file, verifies it, and holds it against a rebuild of ours.\n\n' +
        '  assay upstream pkg:pypi/idna@3.20 --rebuild <id>\n' +
        '  assay upstream ./thing.tgz --purl pkg:npm/thing@1.0.0\n' +
        '  assay upstream registry.example/team/app@sha256:… --key team.pub\n\n' +
        'Exit codes: 0 everything is verified and nothing contradicts, 1 a contradiction or a statement that fails, 3 nobody says anything that can be believed, 5 somebody could not be asked.',
    )
    .argument('<what>', 'a package URL, a file, or an image by its digest');
  addServiceOptions(addUpstreamOptions(command)).action(async (what: string, flags: UpstreamFlags) => {
    const { upstream } = await import('../actions/upstream.ts');
    await upstream(io, what, flags);
  });
}
