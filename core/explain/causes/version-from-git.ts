import type { ContentView } from '#core/compare/content-view.ts';
import type { ComparisonFacts } from '#core/compare/facts.ts';
import { alsoFound } from '../also-found.ts';
import type { Found } from '../collect-evidence.ts';
import type { Evidence, Explainer } from '../explainer.ts';
import { goSettings } from '../go-settings.ts';
import { ownLines } from '../own-lines.ts';
import { tokenExplainer } from '../token-explainer.ts';

/** What git archive puts a commit, a date or a description for, where .gitattributes says `export-subst`. */
const placeholder = /\$Format:%[^$]{1,80}\$/;

function substituted(view: ContentView): Omit<Found, 'confidence'>[] {
  const own = ownLines(view);
  if (own === undefined) return [];
  const [a, b] = [own.a, own.b].map((lines) => lines.find(({ text }) => placeholder.test(text)));
  // On both sides it is no substitution but another text.
  if ((a === undefined) === (b === undefined)) return [];
  const at = (a === undefined ? own.b : own.a).findIndex(({ text }) => placeholder.test(text));
  const [one, other] = [own.a[at], own.b[at]];
  return one === undefined || other === undefined ? [] : [{ offset: one.offset, a: one.text, b: other.text }];
}

/** git archive writes the commit into a record of pax for the whole archive. */
const commitRecord = /\["comment","[0-9a-f]{40}(?:[0-9a-f]{24})?"\]/;

function archivedCommits({ deltas }: ComparisonFacts): Evidence[] {
  return deltas
    .filter(
      ({ kind, field = '', a, b }) =>
        kind === 'metadata' &&
        /^tar_global\d{1,9}_pax$/.test(field) &&
        [a, b].some((value) => typeof value === 'string' && commitRecord.test(value)),
    )
    .map((delta) => ({ delta, a: delta.a, b: delta.b }));
}

const inText = tokenExplainer(
  {
    id: 'version-from-git',
    title: 'A version made from the state of the git checkout is written into a file',
    remedy:
      'Build from a clean checkout of the tag with its history (fetch-depth: 0), or give the version: SETUPTOOLS_SCM_PRETEND_VERSION, -buildvcs=false (go).',
    looksLike: 'pkg/_version.py  offset 11\n  a: 1.2.3\n  b: 1.2.4.dev0+g1a2b3c4.d20261122',
    why: 'The version is made from `git describe`; without the tag, with other commits or with changed files it is another one, and how many digits a short commit has depends on the repository and on git.',
    fixes: {
      setuptools: '`SETUPTOOLS_SCM_PRETEND_VERSION=1.2.3`; `fetch-depth: 0` in actions/checkout',
      hatchling: 'hatch-vcs: the same variable',
      poetry: '`POETRY_DYNAMIC_VERSIONING_BYPASS=1.2.3`',
      git: '`git describe --abbrev=12 --always`, `core.abbrev=12`; `git archive` of the tag on both sides: it writes the commit into the tar, and what `export-subst` names into files',
      cargo: 'no `git describe` in build.rs, or CARGO_PKG_VERSION where there is no checkout',
      go: '`-buildvcs=false`',
      npm: 'no `git rev-parse` in prepack scripts',
      Maven: 'git-commit-id-maven-plugin: `<excludeProperties>` for what is not of the commit',
      Gradle: 'a clean clone with its tags',
      'make, CMake': 'a VERSION file in the release',
    },
  },
  [
    {
      // git describe: v1.2-3-gabcdef0, and as setuptools-scm writes it: 1.3.dev3+gabcdef0.d20261122
      pattern:
        /\bv?\d+(?:\.\d+)*(?:[-.]?(?:dev|post)\d+)?(?:-\d+-g[0-9a-f]{7,40}|\+g[0-9a-f]{7,40}(?:\.d\d{8})?)?(?:-dirty|\+dirty)?(?![\w.])/g,
      confidence: 'likely',
      claims: ({ a, b }) => [a, b].some((text) => /g[0-9a-f]{7,40}|dirty|\.dev\d+/.test(text)),
    },
    // a commit by itself
    {
      pattern:
        /(?<=\b(?:commit|revision|rev|sha|vcs|git[-_. ]?(?:commit|head|sha|hash|rev|revision)?)\W{1,4})[0-9a-f]{7,40}(?:-dirty)?\b/gi,
      confidence: 'possible',
      claims: ({ a, b }) => /\d/.test(a) && /\d/.test(b),
    },
  ],
);

export const versionFromGit: Explainer = alsoFound(
  inText,
  (view) => [...goSettings(view, /^Go (?:build setting vcs(?:\.|$)|module )/), ...substituted(view)],
  archivedCommits,
);
