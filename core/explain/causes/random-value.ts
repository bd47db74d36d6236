import { tokenExplainer } from '../token-explainer.ts';

export const randomValue = tokenExplainer(
  {
    id: 'random-value',
    title: 'A random value is written into a file',
    remedy:
      'Derive it from the input instead (uuid5 of the name and version, a hash of the content), or give the generator a fixed seed.',
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
