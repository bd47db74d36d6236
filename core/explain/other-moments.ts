import { sameInOtherWords } from './languages.ts';
import { timestampsOnly, type TimestampPair } from './timestamps.ts';
import { zonesApart } from './zones.ts';

/** The moments by which two lines or names differ; not one of which only the zone or the language is another. */
export function otherMoments(a: string, b: string): TimestampPair[] {
  const pairs = timestampsOnly(a, b) ?? [];
  return pairs.filter((pair) => zonesApart(pair) !== 'likely' && !sameInOtherWords(pair));
}
