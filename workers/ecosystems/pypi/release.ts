import { identifyFile, isPureWheel, normalizeName, normalizeVersion } from './names.ts';
import type { IndexFile, ProjectIndex } from './simple-index.ts';

/** What of a release was chosen, or why nothing can be rebuilt: a sentence each. */
export type ReleaseChoice =
  | { readonly kind: 'chosen'; readonly wheel: IndexFile; readonly sdist: IndexFile }
  | { readonly kind: 'no-version' | 'no-file' | 'no-pure-wheel' | 'no-sdist'; readonly detail: string };

/** The files of one version. */
export function filesOfVersion(index: ProjectIndex, version: string): IndexFile[] {
  const wanted = normalizeVersion(version);
  return index.files.filter((file) => {
    const identity = identifyFile(file.filename, index.name);
    return identity?.name === index.name && normalizeVersion(identity.version) === wanted;
  });
}

/** The wheel to rebuild (the one named, else the pure one) and the sdist to rebuild it from. */
export function chooseRelease(
  index: ProjectIndex,
  version: string,
  named: string | undefined,
): ReleaseChoice {
  const files = filesOfVersion(index, version);
  const title = `${index.name} ${version}`;
  if (files.length === 0)
    return { kind: 'no-version', detail: `The registry has no version ${version} of ${index.name}.` };
  const pure = files.filter((file) => {
    const identity = identifyFile(file.filename, index.name);
    return identity !== undefined && isPureWheel(identity);
  });
  const wheel = named === undefined ? byPreference(pure) : files.find((file) => file.filename === named);
  if (named !== undefined && wheel === undefined)
    return { kind: 'no-file', detail: `The registry has no file ${named} of ${title}.` };
  if (wheel === undefined || !pure.includes(wheel))
    return {
      kind: 'no-pure-wheel',
      detail: `${wheel === undefined ? `${title} has no` : `${wheel.filename} is not a`} wheel for any platform; only those can be rebuilt so far.`,
    };
  const sdists = files.filter((file) => identifyFile(file.filename, index.name)?.kind === 'sdist');
  const sdist = sdists.find((file) => file.filename.endsWith('.tar.gz')) ?? sdists[0];
  if (sdist === undefined) return { kind: 'no-sdist', detail: `${title} was published without an sdist.` };
  return { kind: 'chosen', wheel, sdist };
}

/** `py3` before `py2.py3` before the rest; then by name, so that the choice does not depend on the registry's order. */
function byPreference(wheels: readonly IndexFile[]): IndexFile | undefined {
  const rank = ({ filename }: IndexFile) =>
    filename.endsWith('-py3-none-any.whl') ? 0 : filename.endsWith('-py2.py3-none-any.whl') ? 1 : 2;
  return [...wheels].sort((a, b) => rank(a) - rank(b) || (a.filename < b.filename ? -1 : 1))[0];
}

/** Whether `file` belongs to the project and version of any of `others`, by their names. */
export function sameRelease(file: string, project: string, others: readonly string[]): boolean {
  const identity = identifyFile(file, project);
  return (
    identity !== undefined &&
    others.some((other) => {
      const otherIdentity = identifyFile(other, project);
      return (
        otherIdentity?.name === normalizeName(project) &&
        normalizeVersion(otherIdentity.version) === normalizeVersion(identity.version)
      );
    })
  );
}
