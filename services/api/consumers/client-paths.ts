/**
 * What other tools' clients have built in: the paths that they ask and the purl types of the registries whose shape they
 * expect. This is the one file of the service that names registries, because their clients do
 * (scripts/check-architecture.ts).
 */
export const clientPaths = {
  /** `gh attestation verify` with GH_HOST, and the REST client. https://docs.github.com/en/rest/repos/attestations */
  repository: '/repos/{owner}/{repository}/attestations/{digest}',
  organisation: '/orgs/{owner}/attestations/{digest}',
  /** The same where a client takes the service for an enterprise server. */
  enterprisePrefix: '/api/v3',
  /** `npm audit signatures` asks the path of `dist.attestations.url`. */
  packageVersion: '/-/npm/v1/attestations/{spec}',
  scopedPackageVersion: '/-/npm/v1/attestations/{scope}/{spec}',
  /** https://docs.pypi.org/api/integrity/ */
  distribution: '/integrity/{project}/{version}/{filename}/provenance',
} as const;

/** What the answer under `distribution` is labelled with. */
export const distributionMediaType = 'application/vnd.pypi.integrity.v1+json';

/** For the document of this api: whose clients read which shape. */
export const readBy = {
  repository: 'The public bundles about a file, in the shape that `gh` reads',
  package: 'The public bundles about a package version, in the shape that `npm` reads',
} as const;

/** The purl of one version of a package, as its scope and name stand in the path. */
export function purlOfPackage(scope: string | undefined, name: string, version: string): string {
  const namespace = scope === undefined ? '' : `${encodeURIComponent(scope)}/`;
  return `pkg:npm/${namespace}${encodeURIComponent(name)}@${encodeURIComponent(version)}`;
}

/** The purl of one version of a project; its name as PEP 503 normalises it. */
export function purlOfProject(project: string, version: string): string {
  const name = project.toLowerCase().replace(/[-_.]+/g, '-');
  return `pkg:pypi/${encodeURIComponent(name)}@${encodeURIComponent(version)}`;
}
