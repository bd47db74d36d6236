import { certificateClaim, type UpstreamSigner } from './signer.ts';

/** A builder whose name is known, and who may sign for it. */
interface KnownBuilder {
  readonly name: string;
  matches(id: string): boolean;
  /** Why this signer may not speak for it; undefined where it may. */
  refuses(id: string, signer: UpstreamSigner): string | undefined;
}

const githubIssuer = 'https://token.actions.githubusercontent.com';

/** Issued by a workflow of GitHub Actions, on a runner of that kind where the certificate says so. */
function byActions(signer: UpstreamSigner, environment?: string): string | undefined {
  if (signer.kind !== 'certificate' || signer.issuer !== githubIssuer)
    return 'its signer is no workflow of GitHub Actions';
  const ran = certificateClaim(signer, 'runnerEnvironment');
  if (environment === undefined || ran === undefined || ran === environment) return undefined;
  return `the certificate says that it ran on a ${ran} runner`;
}

const runner = (name: string, id: string, environment?: string): KnownBuilder => ({
  name,
  matches: (given) => given === id,
  refuses: (_id, signer) => byActions(signer, environment),
});

/** Builders of others that are known by name. Being known is no judgement of what they build. */
const builders: readonly KnownBuilder[] = [
  runner('a runner hosted by GitHub', 'https://github.com/actions/runner/github-hosted', 'github-hosted'),
  runner(
    'a runner that the project hosts itself',
    'https://github.com/actions/runner/self-hosted',
    'self-hosted',
  ),
  runner('a runner of GitHub Actions', 'https://github.com/actions/runner'),
  {
    name: 'a reusable workflow of slsa-github-generator',
    matches: (id) =>
      /^https:\/\/github\.com\/slsa-framework\/slsa-github-generator\/\.github\/workflows\/[\w.-]+@refs\/tags\/v\d+\.\d+\.\d+$/.test(
        id,
      ),
    refuses: (id, signer) =>
      signer.kind === 'certificate' && signer.issuer === githubIssuer && signer.subjectAlternativeName === id
        ? undefined
        : 'its signer is not that workflow',
  },
  {
    name: 'a runner of GitLab',
    matches: (id) => /^https:\/\/gitlab\.com\/(?:[\w.-]+\/)+-\/runners\/\d+$/.test(id),
    refuses: (_id, signer) =>
      signer.kind === 'certificate' && signer.issuer === 'https://gitlab.com'
        ? undefined
        : 'its signer is no pipeline of GitLab',
  },
  {
    name: 'the OSS Rebuild instance that Google runs',
    matches: (id) => id === 'https://docs.oss-rebuild.dev/hosts/Google',
    refuses: (_id, signer) => (signer.kind === 'public-key' ? undefined : 'it signs with a key of its own'),
  },
];

export type BuilderStanding =
  { readonly known: false } | { readonly known: true; readonly name: string; readonly refused?: string };

/** Whether a `builder.id` is known, and whether `signer` may sign for it. */
export function builderStanding(id: string, signer: UpstreamSigner): BuilderStanding {
  const builder = builders.find(({ matches }) => matches(id));
  if (!builder) return { known: false };
  const refused = builder.refuses(id, signer);
  return { known: true, name: builder.name, ...(refused !== undefined && { refused }) };
}
