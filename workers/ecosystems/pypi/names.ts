/** PEP 503: names that differ only in case and in runs of `-`, `_`, `.` are the same project. */
export function normalizeName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}

/** A name as PEP 508 allows it. What is not one is no project, whoever asks. */
export function isProjectName(name: string): boolean {
  return name.length <= 128 && /^[A-Z0-9](?:[A-Z0-9._-]*[A-Z0-9])?$/i.test(name);
}

// PEP 440, appendix B
const versionPattern =
  /^v?(?:(?<epoch>\d+)!)?(?<release>\d+(?:\.\d+)*)(?:[-_.]?(?<pre>a|b|c|rc|alpha|beta|pre|preview)[-_.]?(?<preN>\d+)?)?(?:-(?<postImplicit>\d+)|[-_.]?(?<post>post|rev|r)[-_.]?(?<postN>\d+)?)?(?:[-_.]?(?<dev>dev)[-_.]?(?<devN>\d+)?)?(?:\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/;

const preSpelling: Readonly<Record<string, string>> = {
  alpha: 'a',
  beta: 'b',
  c: 'rc',
  pre: 'rc',
  preview: 'rc',
};

/**
 * PEP 440: one text for versions that are equal (`1.0` and `1`, `1.0-RC.1` and `1rc1`). A version from before
 * PEP 440 is compared as it is, in lower case.
 */
export function normalizeVersion(version: string): string {
  const text = version.trim().toLowerCase();
  if (text.length > 128) return text;
  const parts = versionPattern.exec(text)?.groups;
  if (!parts) return text;
  const number = (digits: string | undefined) => String(BigInt(digits ?? '0'));
  const epoch = number(parts['epoch']);
  const release = (parts['release'] ?? '').split('.').map(number);
  while (release.length > 1 && release.at(-1) === '0') release.pop();
  const pre = parts['pre'];
  return [
    epoch === '0' ? '' : `${epoch}!`,
    release.join('.'),
    pre === undefined ? '' : `${preSpelling[pre] ?? pre}${number(parts['preN'])}`,
    parts['postImplicit'] !== undefined
      ? `.post${number(parts['postImplicit'])}`
      : parts['post'] !== undefined
        ? `.post${number(parts['postN'])}`
        : '',
    parts['dev'] === undefined ? '' : `.dev${number(parts['devN'])}`,
    parts['local'] === undefined ? '' : `+${parts['local'].replace(/[-_]/g, '.')}`,
  ].join('');
}

/** The numbers of a version's release part (`80.9.0` → [80, 9, 0]); empty where it is no PEP 440 version. */
export function releaseNumbers(version: string): number[] {
  const release = versionPattern.exec(version.trim().toLowerCase())?.groups?.['release'];
  return release === undefined ? [] : release.split('.').map(Number);
}

/** Whether the release of `version` is lower than `bound`, part by part. */
export function isBelow(version: string, bound: readonly number[]): boolean {
  const release = releaseNumbers(version);
  for (let i = 0; i < Math.max(release.length, bound.length); i += 1) {
    const difference = (release[i] ?? 0) - (bound[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** What a file's name says of it. */
export interface FileIdentity {
  readonly kind: 'wheel' | 'sdist';
  /** Normalised. */
  readonly name: string;
  /** As the name spells it. */
  readonly version: string;
  /** Wheels: the three compressed tag sets, for example `py3`, `none`, `any`. */
  readonly tags?: { readonly python: string; readonly abi: string; readonly platform: string };
}

const sdistEndings = ['.tar.gz', '.tgz', '.tar.bz2', '.tar.xz', '.zip'] as const;

/**
 * Reads a file name: wheels by the binary distribution format (PEP 427), sdists by PEP 625 and what came before it.
 * `project` (any spelling) tells where an old sdist's name ends and its version begins. Undefined for anything else.
 */
export function identifyFile(file: string, project: string): FileIdentity | undefined {
  if (file.length > 255 || /[^\u0020-\u007e]|[/\\]/.test(file)) return undefined;
  if (file.endsWith('.whl')) return identifyWheel(file);
  const ending = sdistEndings.find((known) => file.endsWith(known));
  if (ending === undefined) return undefined;
  const stem = file.slice(0, -ending.length);
  const wanted = normalizeName(project);
  for (let dash = stem.indexOf('-'); dash > 0; dash = stem.indexOf('-', dash + 1)) {
    const version = stem.slice(dash + 1);
    if (normalizeName(stem.slice(0, dash)) === wanted && /^v?\d/.test(version))
      return { kind: 'sdist', name: wanted, version };
  }
  return undefined;
}

function identifyWheel(file: string): FileIdentity | undefined {
  const parts = file.slice(0, -'.whl'.length).split('-');
  if (parts.length !== 5 && parts.length !== 6) return undefined;
  const [name, version] = parts;
  const [python, abi, platform] = parts.slice(-3);
  if (!name || !version || !python || !abi || !platform) return undefined;
  return { kind: 'wheel', name: normalizeName(name), version, tags: { python, abi, platform } };
}

/** Whether a wheel runs anywhere: no ABI, any platform. */
export function isPureWheel(identity: FileIdentity): boolean {
  return identity.kind === 'wheel' && identity.tags?.abi === 'none' && identity.tags.platform === 'any';
}
