import type { Claims } from './claims.ts';
import type { ExpectedSigner } from './found-bundle.ts';
import { repositoryUrl } from './repository.ts';
import { certificateClaim, type UpstreamSigner } from './signer.ts';

export interface SignerJudgement {
  readonly ok: boolean;
  readonly expected: string;
  readonly actual: string;
}

/** Who alone may say which repository of a host a workflow ran in. */
const issuers: Readonly<Record<string, string>> = {
  'github.com': 'https://token.actions.githubusercontent.com',
  'gitlab.com': 'https://gitlab.com',
};

/**
 * Whether a certificate is of whom was expected: every member that is named has to match exactly. A repository means
 * something only by its own host's identity provider: others can be made to name any. One of a host that is not known here
 * needs the provider named.
 */
export function judgeSigner(signer: UpstreamSigner, expected: ExpectedSigner): SignerJudgement {
  const wanted = words(expected);
  if (signer.kind === 'public-key') return { ok: false, expected: wanted, actual: `key ${signer.hint}` };
  const issuer =
    expected.issuer ?? (expected.repository && issuers[URL.parse(expected.repository)?.host ?? '']);
  const repository = repositoryUrl(certificateClaim(signer, 'sourceRepository') ?? '');
  const workflow = workflowOf(certificateClaim(signer, 'buildConfig') ?? signer.subjectAlternativeName);
  const named = [expected.repository, expected.subject].some((part) => part !== undefined);
  const ok =
    named &&
    (expected.repository === undefined || expected.repository === repository) &&
    (expected.workflow === undefined ||
      (workflow?.path === expected.workflow && workflow.repository === expected.repository)) &&
    issuer !== undefined &&
    issuer === signer.issuer &&
    (expected.subject === undefined || expected.subject === signer.subjectAlternativeName);
  return { ok, expected: wanted, actual: `${signer.subjectAlternativeName}, by ${signer.issuer}` };
}

/** `https://host/owner/repository/.github/workflows/file@ref`, or with `//` before the path as GitLab writes it. */
function workflowOf(uri: string): { repository: string | undefined; path: string } | undefined {
  const at = uri.indexOf('@');
  const location = at < 0 ? uri : uri.slice(0, at);
  const split = /^(https:\/\/[^/]+\/.+?)\/(?:\/(.+)|(\.github\/workflows\/[^/]+))$/.exec(location);
  const path = split?.[2] ?? split?.[3];
  return path === undefined ? undefined : { repository: repositoryUrl(split?.[1] ?? ''), path };
}

function words({ saidBy, repository, workflow, issuer, subject }: ExpectedSigner): string {
  const parts = [
    repository && `a workflow of ${repository}`,
    workflow && `the file ${workflow}`,
    subject,
    issuer && `issued by ${issuer}`,
  ].filter((part) => part !== undefined && part !== '');
  return `${parts.join(', ')} (as ${saidBy} says)`;
}

/**
 * What a provenance says of its source that its own certificate denies, in a sentence; undefined where nothing. The build
 * writes the statement, but the identity provider the certificate: where both speak they have to say the same.
 */
export function deniedByCertificate({ kind, source }: Claims, signer: UpstreamSigner): string | undefined {
  if (kind !== 'provenance' || !source || signer.kind !== 'certificate') return undefined;
  const named = certificateClaim(signer, 'sourceRepository');
  const repository = named === undefined ? undefined : repositoryUrl(named);
  if (repository !== undefined && repository !== source.repository)
    return `the statement names ${source.repository}, its certificate ${repository}`;
  const commit = certificateClaim(signer, 'sourceCommit');
  if (commit !== undefined && source.commit !== undefined && commit !== source.commit)
    return `the statement names commit ${source.commit}, its certificate ${commit}`;
  return undefined;
}
