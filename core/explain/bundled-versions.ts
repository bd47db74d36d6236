import type { ComparisonFacts } from '#core/compare/facts.ts';
import { contentViews } from './content-views.ts';
import type { Evidence } from './explainer.ts';
import { nameLines } from './name-lines.ts';
import { ownLines, type OwnLine } from './own-lines.ts';

/** Files in which package managers write which version of each dependency they chose. */
const lockName =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|[Cc]argo\.lock|poetry\.lock|uv\.lock|pdm\.lock|Pipfile\.lock|go\.sum|Gemfile\.lock|composer\.lock|gradle\.lockfile|packages\.lock\.json|requirements[\w.-]{0,40}\.(?:txt|lock)|[^/]{0,100}(?:\.cdx\.json|\.spdx\.json|\.spdx))$/;

/** The package.json of a dependency that is bundled. */
const bundledName = /(?:^|\/)node_modules\/(?:@[^/]{1,100}\/)?[^/]{1,100}\/package\.json$/;

const versionIn = /(?<![\w.])v?\d{1,9}\.\d{1,9}(?:\.\d{1,9})?(?:[-+.]?[\w.]{1,40})?/;
/** The version of the lock file's own format, and of what wrote it. */
const ofFormat = /^(?:#|version = \d+$|\s{0,8}"?lockfileVersion"?:|__metadata:)/;
const pairsMax = 5;

function versions(lines: readonly OwnLine[]): OwnLine[] {
  return lines.filter(({ text }) => !ofFormat.test(text) && versionIn.test(text)).slice(0, pairsMax);
}

/** Lock files, and the package.json of bundled packages, where lines with a version differ. */
export function lockedVersions(facts: ComparisonFacts): Evidence[] {
  const evidence: Evidence[] = [];
  for (const { delta, view } of contentViews(facts)) {
    const name = delta.path.at(-1) ?? '';
    if (!lockName.test(name) && !bundledName.test(name)) continue;
    const own = ownLines(view);
    if (own === undefined) continue;
    const [a, b] = [versions(own.a), versions(own.b)];
    for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
      const [one, other] = [a[at], b[at]];
      evidence.push({
        delta,
        offset: one?.offset ?? other?.offset,
        a: one?.text.trim() ?? null,
        b: other?.text.trim() ?? null,
      });
    }
  }
  return evidence;
}

/** `lib/guava-31.1.jar`, `vendor/six-1.16.0.dist-info/METADATA`: a name, its version, and what is the same again. */
const versioned =
  /^((?:[^/]{1,200}\/){0,20}[A-Za-z][\w.+]{0,100}(?:-[A-Za-z][\w.+]{0,60}){0,8})[-_@]v?(\d{1,9}(?:\.[\w+]{1,20}){1,6})(\.(?:jar|war|whl|tgz|gem|nupkg|dll|js|css|mjs)|\.(?:dist-info|egg-info)(?:\/.{1,200})?)$/;

/** Members of which each side has another version, by their names. */
export function namedVersions(facts: ComparisonFacts): Evidence[] {
  return nameLines(facts).flatMap(({ delta, a, b }) => {
    const [one, other] = [versioned.exec(a), versioned.exec(b)];
    if (one === null || other === null || one[1] !== other[1] || one[3] !== other[3]) return [];
    // At the top it is the package itself.
    if (/^\.(?:dist|egg)-info/.test(one[3] ?? '') && one[1]?.includes('/') !== true) return [];
    return one[2] === other[2] ? [] : [{ delta, a, b }];
  });
}
