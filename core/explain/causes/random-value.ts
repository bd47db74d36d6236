import { tokenExplainer } from '../token-explainer.ts';

export const randomValue = tokenExplainer(
  {
    id: 'random-value',
    title: 'A random value is written into a file',
    remedy:
      'Derive it from the input instead (uuid5 of the name and version, a hash of the content), or give the generator a fixed seed.',
    looksLike:
      'manifest.json  offset 10\n  a: 5a1e6c0f-9c3a-4d6e-8b6e-0f1e2d3c4b5a\n  b: 0d9c8b7a-6f5e-4d3c-9b2a-1f0e9d8c7b6a',
    why: 'A generator asks for a UUID, a random number or a random name where a fixed one would do.',
    fixes: {
      Python: 'uuid.uuid5(NAMESPACE_URL, name)',
      gcc: '-frandom-seed=NAME (debug and LTO symbols)',
      'webpack, rollup, esbuild': '[contenthash] and not [hash] or nanoid',
      'Maven, Gradle': 'no UUID.randomUUID() in resources; bnd: -reproducible: true',
      npm: 'no crypto.randomUUID() in prepack scripts',
      'make, shell': 'a hash of the input and not mktemp -u or $RANDOM',
      Docker: 'a fixed name',
    },
  },
  [
    // RFC 9562: version 4 is random, 1, 6 and 7 are of the time and random
    {
      pattern: /\b[0-9a-f]{8}-[0-9a-f]{4}-[14-7][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/gi,
      confidence: 'likely',
    },
    // as long as a digest is, it may be one of something that differs elsewhere
    { pattern: /\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{12,31}\b/g, confidence: 'possible' },
  ],
);
