import { tokenExplainer } from '../token-explainer.ts';
import { hexadecimal, temporaryName, uuid } from '../values.ts';

/** Letters of both cases and digits, mixed as no word is. */
function isMixed(text: string): boolean {
  const turns = text.match(/[a-z](?=[A-Z\d])|[A-Z](?=[a-z\d])|\d(?=[A-Za-z])/g)?.length ?? 0;
  return /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text) && turns * 4 >= text.length;
}

/** Nothing random differs in one place only. */
function unlike({ a, b }: { readonly a: string; readonly b: string }): boolean {
  let same = 0;
  for (let at = 0; at < a.length; at += 1) if (a[at] === b[at]) same += 1;
  return same * 2 <= a.length;
}

export const randomValue = tokenExplainer(
  {
    id: 'random-value',
    title: 'A random value is written into a file',
    remedy:
      'Derive it from the input instead (uuid5 of the name and version, a hash of the content), or give the generator a fixed seed.',
    looksLike:
      'manifest.json  offset 10\n  a: 5a1e6c0f-9c3a-4d6e-8b6e-0f1e2d3c4b5a\n  b: 0d9c8b7a-6f5e-4d3c-9b2a-1f0e9d8c7b6a\nbuild.log  offset 20\n  a: tmpx81kq_2w\n  b: tmp0jv4h9zl',
    why: 'A generator asks for a UUID, a random number or a random name where a fixed one would do; names of temporary files are random so that two programs never meet.',
    fixes: {
      Python: '`uuid.uuid5(uuid.NAMESPACE_URL, name)`; no path from tempfile in what is written',
      gcc: '`-frandom-seed=NAME`; `-Wno-error` output with names of temporary objects left out',
      'webpack, rollup, esbuild': '`[contenthash]`; no nanoid in names',
      'Maven, Gradle': 'no `UUID.randomUUID()` in resources; bnd: `-reproducible: true`',
      npm: 'no `crypto.randomUUID()` in prepack scripts',
      'make, shell': 'a hash of the input and not `mktemp -u` or `$RANDOM`',
      cargo: 'no `rand` in build.rs and macros, or a fixed seed',
    },
  },
  [
    { pattern: uuid, confidence: 'likely' },
    { pattern: temporaryName, confidence: 'likely' },
    // named as one
    {
      pattern:
        /(?<=\b(?:nonce|salt|seed|random|token|secret|uid|guid|(?:machine|session|request|run|build|trace)[-_ ]?id)["']?\s{0,3}[:=]\s{0,3}["']?)(?:0x)?[\w+/-]{4,128}={0,2}/gi,
      confidence: 'likely',
      claims: ({ a, b }) => /\d/.test(a + b),
    },
    // od -tx1 and such: at least 8 bytes
    {
      pattern: /(?<![\w])[0-9a-f]{2}(?:[ :][0-9a-f]{2}){7,63}(?![\w:])/gi,
      confidence: 'possible',
      claims: unlike,
    },
    // base64, nanoid: as long as no name is, and mixed
    {
      pattern: /(?<![\w+/=-])[\w+/-]{16,64}={0,2}(?![\w+/=-])/g,
      confidence: 'possible',
      claims: (pair) => isMixed(pair.a) && isMixed(pair.b) && unlike(pair),
    },
    // as long as a digest is, it may be one of something that differs elsewhere
    { pattern: hexadecimal, confidence: 'possible', claims: unlike },
  ],
  undefined,
  { names: false },
);
