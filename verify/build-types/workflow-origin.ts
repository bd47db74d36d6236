/** Where a workflow's provenance says that it comes from. */
export interface WorkflowOrigin {
  readonly repository: string;
  readonly ref: string;
  readonly path: string;
  readonly commit?: string;
  readonly invocationId?: string;
}

/**
 * Extensions of a certificate that Fulcio gives to a workflow, by object identifier.
 * https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md
 */
const oids = {
  buildSigner: '1.3.6.1.4.1.57264.1.9',
  runner: '1.3.6.1.4.1.57264.1.11',
  repository: '1.3.6.1.4.1.57264.1.12',
  commit: '1.3.6.1.4.1.57264.1.13',
  ref: '1.3.6.1.4.1.57264.1.14',
  buildConfig: '1.3.6.1.4.1.57264.1.18',
  run: '1.3.6.1.4.1.57264.1.21',
} as const;

const runnerPrefix = 'https://github.com/actions/runner/';

/**
 * What in a provenance contradicts the certificate that it was signed with, as a sentence; undefined where nothing does.
 * The workflow writes its provenance itself; what its certificate says of it was vouched for by the platform.
 */
export function originFault(
  origin: WorkflowOrigin,
  builderId: string,
  extensions: Readonly<Record<string, string>>,
): string | undefined {
  const { repository, ref, path, commit, invocationId } = origin;
  const config = `${repository}/${path}@${ref}`;
  const told: readonly [string, string | undefined, string | undefined][] = [
    ['repository', repository, extensions[oids.repository]],
    ['ref', ref, extensions[oids.ref]],
    ['workflow', config, extensions[oids.buildConfig]],
    ['commit', commit, extensions[oids.commit]],
    ['run', invocationId, extensions[oids.run]],
  ];
  for (const [name, stated, certified] of told) {
    // The repository has to be there: without it nothing binds the statement to the identity.
    if (certified === undefined && name !== 'repository') continue;
    if (stated !== certified)
      return `${name}: the statement says ${stated ?? 'nothing'}, the certificate ${certified ?? 'nothing'}`;
  }
  const runner = extensions[oids.runner];
  const builders = [extensions[oids.buildSigner], runner && `${runnerPrefix}${runner}`];
  if (builders.includes(builderId)) return undefined;
  return `builder: the statement says ${builderId}, the certificate ${extensions[oids.buildSigner] ?? 'nothing'} on ${runner ?? 'no runner'}`;
}
