/** What a log says of a registry that lacks an input: which, and in one plain sentence. */
export interface MissingInput {
  readonly requirement: string;
  readonly detail: string;
}

const lineMax = 2000;
// pip's own words, at the end of a resolution that failed
const noMatch = /^ERROR: No matching distribution found for ([A-Za-z0-9][^\r\n]{0,300})$/;
// pip gave up on an answer: then what it did not find may well be there
const unreachable =
  /too many 5\d\d error responses|^WARNING: Retrying \(|^Could not fetch URL|^ERROR: HTTP error 5\d\d/;
const conflict =
  /^ERROR: Cannot install ([^\r\n]{1,300}) because these package versions have conflicting dependencies/;

/**
 * The build dependency that the registry lacks, where the end of a log of pip says so; undefined also where pip could
 * not reach what it asked: that is ours, and can be tried again. For logs of steps whose phase is
 * `dependencies` only: in those no code of the package under test runs, so it cannot have written the line itself.
 */
export function explainFailure(logTail: string): MissingInput | undefined {
  const lines = logTail.split(/\r?\n/).filter((line) => line.length <= lineMax);
  if (lines.some((line) => unreachable.test(line.trim()))) return undefined;
  for (const line of lines.toReversed()) {
    const missing = noMatch.exec(line.trim())?.[1]?.trim();
    if (missing !== undefined) {
      const requirement = missing.replace(/\s+\(from [^)]*\)$/, '');
      return {
        requirement,
        detail: `The build needs ${requirement}, which the registry does not have as of the upload.`,
      };
    }
    const conflicting = conflict.exec(line.trim())?.[1];
    if (conflicting !== undefined)
      return {
        requirement: conflicting,
        detail: `The build needs ${conflicting}, which the registry cannot satisfy as of the upload.`,
      };
  }
  return undefined;
}
