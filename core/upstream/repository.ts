/** Hosts whose paths do not tell upper from lower case. */
const caseless = new Set(['github.com', 'gitlab.com', 'bitbucket.org']);

/**
 * The repository that `text` names, in one spelling (`https://host/path`), so that two who mean the same one are seen to:
 * `git+https://github.com/o/r.git@refs/tags/v1`, `git@github.com:o/r.git` and `github:o/r` are all
 * `https://github.com/o/r`. Credentials, reference and fragment are left out. Undefined where it names none.
 */
export function repositoryUrl(text: string): string | undefined {
  if (text.length > 2048) return undefined;
  const spelled = text
    .trim()
    .replace(/^git\+/, '')
    .replace(/^(github|gitlab|bitbucket):(?!\/)/, (_whole, host: string) =>
      host === 'bitbucket' ? 'https://bitbucket.org/' : `https://${host}.com/`,
    )
    .replace(/^(?:[\w.-]{1,64}@)?([\w-]{1,63}(?:\.[\w-]{1,63}){1,8}):(?!\/|\d{1,5}\/)/, 'https://$1/')
    .replace(/^(?:git|ssh|http|https):\/\//, 'https://');
  if (!spelled.startsWith('https://') || !URL.canParse(spelled)) return undefined;
  const { hostname, port, pathname } = new URL(spelled);
  const path = (pathname.split('@')[0] ?? '')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .replace(/^\/+/, '');
  if (hostname === '' || path === '') return undefined;
  return `https://${hostname}${port === '' ? '' : `:${port}`}/${caseless.has(hostname) ? path.toLowerCase() : path}`;
}

/** What follows the `@` of a `git+https://…@refs/…` URI; undefined where nothing does. */
export function referenceOf(uri: string): string | undefined {
  const path = /^(?:git\+)?[a-z]+:\/\/[^/]+\/(.*)$/s.exec(uri)?.[1];
  const at = path?.indexOf('@') ?? -1;
  return path === undefined || at < 0 ? undefined : path.slice(at + 1);
}

/** A git commit in full, sha1 or sha256; anything else (a tag, an abbreviation) names no content. */
export function isCommit(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}
