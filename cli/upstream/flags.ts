import { Option, type Command } from 'commander';
import type { ServiceFlags } from '../service-options.ts';
import { shortFormatOption } from '../output.ts';

export interface UpstreamFlags extends ServiceFlags {
  readonly purl?: string;
  readonly file?: string;
  readonly bundle: readonly string[];
  readonly registry?: string;
  readonly github?: string;
  readonly githubApi: string;
  readonly rebuilder?: string;
  readonly key: readonly string[];
  readonly trustedRoot?: string;
  readonly signerRepository?: string;
  readonly signer?: string;
  readonly signerIssuer?: string;
  readonly rebuild?: string;
  readonly comparison?: string;
  readonly format: 'table' | 'json';
}

const repeatable = (flags: string, description: string): Option =>
  new Option(flags, description)
    .argParser((text: string, before: readonly string[]) => [...before, text])
    .default([], 'none');

/** Where to ask, whom to believe, and what to hold it against. */
export function addUpstreamOptions(command: Command): Command {
  return command
    .option('--purl <purl>', 'of a file: the package URL under which its registry is asked')
    .option('--file <name>', 'of a package URL: which file of the package')
    .addOption(
      repeatable('--bundle <file>', 'a bundle, or a file of several, that is looked at too; repeatable'),
    )
    .option('--registry <url>', "the registry to ask (default: the one that this machine's client uses)")
    .option('--github <repository>', 'also ask this repository on GitHub: owner/name, or its URL')
    .option('--github-api <url>', 'where GitHub is', 'https://api.github.com')
    .option('--rebuilder <url>', "also ask another rebuilder's store, in the layout of oss-rebuild")
    .addOption(repeatable('--key <file>', 'a public key that is believed, PEM; repeatable'))
    .option(
      '--trusted-root <file>',
      "a Sigstore trusted root (default: the public one, as of this version's packages)",
    )
    .option(
      '--signer-repository <url>',
      'whatever has a certificate must be signed by a workflow of this repository',
    )
    .option('--signer <identity>', 'whatever has a certificate must be of exactly this identity')
    .option('--signer-issuer <url>', 'and its identity provider must be this one')
    .option('--rebuild <id>', 'hold it against this rebuild of a service')
    .option('--comparison <bundle>', 'hold it against this signed comparison of ours (with --key)')
    .addOption(shortFormatOption());
}
