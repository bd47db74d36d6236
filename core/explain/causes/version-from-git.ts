import { tokenExplainer } from '../token-explainer.ts';

export const versionFromGit = tokenExplainer(
  {
    id: 'version-from-git',
    title: 'A version made from the state of the git checkout is written into a file',
    remedy:
      'Build from a clean checkout of the tag with its history (fetch-depth: 0), or give the version: SETUPTOOLS_SCM_PRETEND_VERSION, -buildvcs=false (go).',
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
    { pattern: /(?<=\b(?:commit|revision|rev|sha|vcs)\W{1,4})[0-9a-f]{40}\b/gi, confidence: 'possible' },
  ],
);
