import type { Explainer } from '../explainer.ts';

export const missingOrExtraFile: Explainer = {
  meta: {
    id: 'missing-or-extra-file',
    title: 'One side has files that the other has not',
    remedy:
      'Build from a clean checkout of the release tag, and declare what goes into the package (MANIFEST.in, package-data, "files"): files left over from earlier builds or missing from the source are the usual reason.',
    looksLike: 'pkg/_version.py\n  a: file, 214 bytes, sha256 5f0c…\n  b: absent',
    why: 'One build ran in a folder with files of an earlier build or of its developer, or from another source, or a step that makes files did not run.',
    fixes: {
      setuptools: 'MANIFEST.in and package-data; `rm -rf build` before',
      hatchling: '`[tool.hatch.build] include`',
      'flit, poetry': '`include` and `exclude`',
      npm: '`"files"` in package.json, and `npm ci` before `npm pack`',
      cargo: '`include` in Cargo.toml; `cargo package --list` shows it',
      Maven: '`mvn clean`',
      Gradle: '`gradle clean`, without the build cache',
      'make, CMake': 'a fresh build folder',
      git: '`git clean -fdx`, or a fresh clone of the tag',
    },
    stands: 'remainder',
    needs: ['names'],
  },
  explain({ deltas }) {
    const evidence = deltas
      .filter(({ kind }) => kind === 'missing' || kind === 'extra')
      .map((delta) => ({ delta, a: delta.a, b: delta.b }));
    return evidence.length === 0 ? undefined : { confidence: 'likely', evidence };
  },
};
