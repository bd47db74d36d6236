import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** One line of `apt-get indextargets`: where it comes from, for which release and component. */
const indexTarget = /^(\S+) (\S+) (\S+)$/;

/**
 * The package sources of this host that serve Debian's `suite` (with its updates and security), as lines of
 * sources.list, from the output of `apt-get indextargets`. Only `main`. Pure.
 */
export function sourcesFromIndexTargets(text: string, suite: string): string[] {
  const releases = new Set([suite, `${suite}-updates`, `${suite}-security`]);
  const found = new Set<string>();
  for (const line of text.split('\n')) {
    const [, uri = '', release = '', component = ''] = indexTarget.exec(line) ?? [];
    if (component === 'main' && releases.has(release) && /^https?:\/\//.test(uri) && /debian/i.test(uri))
      found.add(`deb ${uri} ${release} main`);
  }
  // Updates alone make no system.
  return [...found].some((line) => line.includes(` ${suite} `)) ? [...found].sort() : [];
}

/** @returns the host's own sources for `suite`; empty on a host that has none, where mmdebstrap's defaults serve */
export async function readHostSources(suite: string): Promise<string[]> {
  const format = '$(REPO_URI) $(RELEASE) $(COMPONENT)';
  const result = await promisify(execFile)('apt-get', [
    'indextargets',
    '--format',
    format,
    'Created-By: Packages',
  ]).catch(() => ({ stdout: '' }));
  return sourcesFromIndexTargets(result.stdout, suite);
}
