import { tokenExplainer } from '../token-explainer.ts';

export const dependencyVersion = tokenExplainer(
  {
    id: 'dependency-version',
    title: 'Another version of a dependency was used or recorded',
    remedy:
      'Build from a lock file with exact versions and digests (pip --require-hashes, npm ci, Cargo.lock, go.sum).',
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
