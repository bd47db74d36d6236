import { lockedVersions, namedVersions } from '../bundled-versions.ts';
import type { Explainer } from '../explainer.ts';
import { tokenExplainer } from '../token-explainer.ts';

const inText = tokenExplainer(
  {
    id: 'dependency-version',
    title: 'Another version of a dependency was used or recorded',
    remedy:
      'Build from a lock file with exact versions and digests (pip --require-hashes, npm ci, Cargo.lock, go.sum).',
    looksLike:
      'package/node_modules/ms/package.json  offset 17\n  a: "version": "2.1.2"\n  b: "version": "2.1.3"\nWEB-INF/lib/guava-31.1.jar\n  is WEB-INF/lib/guava-32.0.jar in the second file',
    why: 'The build took the newest dependency that its ranges allow, and another day allows another one.',
    fixes: {
      pip: 'pip install --require-hashes -r requirements.txt',
      poetry: 'poetry.lock, poetry sync',
      npm: 'npm ci with package-lock.json',
      cargo: 'cargo build --locked',
      Maven: 'no version ranges or SNAPSHOTs; maven-lockfile',
      Gradle: 'dependency locking (gradle.lockfile)',
      go: 'go build -mod=readonly with go.sum',
      dpkg: 'the .buildinfo of the first build',
      Docker: 'base images by digest',
    },
  },
  [
    {
      // name==1.2, "name": "1.2", name@1.2, name-1.2.jar: the version only, after a name
      pattern:
        /(?<=[A-Za-z][\w.-]{0,60}(?:\s{0,3}[=~<>!]=\s{0,3}|@|["']?\s{0,3}:\s{0,3}["'][\^~]?))v?\d{1,9}(?:\.\d{1,9}){1,3}(?:[-+.]?[a-z]{1,10}\.?\d{0,9})?\b/g,
      confidence: 'possible',
    },
  ],
);

export const dependencyVersion: Explainer = {
  meta: inText.meta,
  explain(facts) {
    const certain = [...lockedVersions(facts), ...namedVersions(facts)];
    const known = new Set(certain.map(({ delta }) => delta));
    const others = inText.explain(facts)?.evidence.filter(({ delta }) => !known.has(delta)) ?? [];
    const evidence = [...certain, ...others];
    if (evidence.length === 0) return undefined;
    return { confidence: certain.length > 0 ? 'likely' : 'possible', evidence };
  },
};
