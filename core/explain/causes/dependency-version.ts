import { tokenExplainer } from '../token-explainer.ts';

export const dependencyVersion = tokenExplainer(
  {
    id: 'dependency-version',
    title: 'Another version of a dependency was used or recorded',
    remedy:
      'Build from a lock file with exact versions and digests (pip --require-hashes, npm ci, Cargo.lock, go.sum).',
    looksLike: 'requirements.lock  offset 10\n  a: 2.31.0\n  b: 2.32.1',
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
