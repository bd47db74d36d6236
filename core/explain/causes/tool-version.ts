import { changedLines } from '../changed-lines.ts';
import { contentViews } from '../content-views.ts';
import type { Evidence, Explainer } from '../explainer.ts';

/** Lines in which build tools write their own version. */
const toolLine =
  /^(?:Generator|Metadata-Version|Wheel-Version|Created-By|Build-Jdk|Build-Jdk-Spec|Bnd-LastModified|Tool|Archiver-Version|Built-With|X-Generator):/;

export const toolVersion: Explainer = {
  meta: {
    id: 'tool-version',
    title: 'Another version of the build tool was used',
    remedy:
      'Pin the build tools (in Python, exact versions in [build-system] requires) and publish with those.',
    looksLike:
      'pkg-1.0.dist-info/WHEEL  offset 19\n  a: Generator: hatchling 1.21.0\n  b: Generator: hatchling 1.24.2',
    why: 'Build tools write their name and version into what they make, and what they make changes with the version.',
    fixes: {
      'setuptools, hatchling, flit, poetry, maturin': '[build-system] requires = ["hatchling==1.21.0"]',
      pip: 'PIP_CONSTRAINT with exact versions',
      npm: 'exact devDependencies, packageManager in package.json',
      cargo: 'rust-toolchain.toml',
      Maven: 'exact plugin versions and the wrapper; toolchains for the JDK',
      Gradle: 'the wrapper; java toolchains',
      go: 'toolchain in go.mod',
      'make, CMake': 'the compiler of a fixed image',
      Docker: 'base images by digest',
    },
    needs: ['content'],
  },
  explain(facts) {
    const evidence: Evidence[] = [];
    for (const { delta, view } of contentViews(facts)) {
      if (view.text === undefined) continue;
      const pick = (text: string) => text.split(/\r?\n/).filter((line) => toolLine.test(line));
      const [a, b] = [pick(view.text.a), pick(view.text.b)];
      const named = new Set(a.map((line) => line.slice(0, line.indexOf(':'))));
      for (const name of named) {
        const of = (lines: readonly string[]) => lines.find((line) => line.startsWith(`${name}:`));
        if (of(b) !== undefined && of(a) !== of(b)) {
          const offset = changedLines(view)?.find((line) => line.a === of(a))?.offset;
          evidence.push({ delta, offset, a: of(a), b: of(b) });
        }
      }
    }
    return evidence.length === 0 ? undefined : { confidence: 'likely', evidence };
  },
};
