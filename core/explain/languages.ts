import { languagesOf } from './calendar.ts';
import { epochOf, localSeconds } from './moments.ts';
import type { TimestampPair } from './timestamps.ts';

function wordsOf(text: string): string[] {
  // Zones are no words of a language: `UTC`, `CEST`.
  return (text.match(/\p{L}{2,}/gu) ?? []).filter(
    (word) => !/^[A-Z]{3,5}$/.test(word) && !/^[ap]m$/i.test(word),
  );
}

function isSubset(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return [...one].some((language) => other.has(language));
}

/** Whether two spellings are one moment, written by the rules of two locales. */
export function sameInOtherWords({ momentA, momentB }: TimestampPair): boolean {
  const [a, b] = [
    epochOf(momentA) ?? localSeconds(momentA.parts),
    epochOf(momentB) ?? localSeconds(momentB.parts),
  ];
  if (momentA.spelling !== momentB.spelling) return a !== undefined && a === b;
  return a !== undefined && a === b && inOtherLanguages(momentA.text, momentB.text);
}

/** Whether no one language has both texts' names of months and days. */
export function inOtherLanguages(a: string, b: string): boolean {
  const [wordsA, wordsB] = [wordsOf(a), wordsOf(b)];
  if (wordsA.length === 0 || wordsB.length === 0) return false;
  const [one, other] = [languagesOf(wordsA), languagesOf(wordsB)];
  return one.size > 0 && other.size > 0 && !isSubset(one, other);
}
