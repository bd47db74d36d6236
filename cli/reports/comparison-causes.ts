import { printable } from '#core/text/printable.ts';
import type { Cause, Comparison } from '#schemas/comparison.ts';
import { placeOf } from './comparison-words.ts';
import { valueWords } from './value-words.ts';

type Evidence = Cause['evidence'][number];

/** What one piece of evidence shows, without its place: `mtime: 2026-11-22 → 2026-11-23`. */
export function evidenceWords({ field, offset, a, b }: Evidence): string {
  const at = offset === undefined ? '' : ` (at byte ${offset})`;
  if (a === undefined && b === undefined) return `${field ?? 'content'}${at}`;
  if (field === 'member' && (a ?? null) === null) return `only in the second file (${valueWords(b)})`;
  if (field === 'member' && (b ?? null) === null) return `only in the first file (${valueWords(a)})`;
  const what = field === undefined ? '' : `${field === 'member' ? 'name' : field}: `;
  return `${what}${valueWords(a)} → ${valueWords(b)}${at}`;
}

/** A cause lists no more of it: what says the same then stands in as many members, or in more. */
const evidenceListed = 50;

/** Evidence of a cause, what says the same of several members on one line. Hostile texts are made printable. */
export function evidenceLines({ evidence }: Pick<Cause, 'evidence'>): string[] {
  const places = new Map<string, (readonly string[])[]>();
  for (const item of evidence) {
    const words = evidenceWords(item);
    const own = places.get(words);
    if (own === undefined) places.set(words, [item.path]);
    else own.push(item.path);
  }
  return [...places].map(([words, [first = [], ...others]]) => {
    const orMore = evidence.length < evidenceListed ? 'more' : 'or more others';
    const more = others.length === 0 ? '' : ` and ${others.length} ${orMore}`;
    return `${placeOf(first)}${more}: ${words}`;
  });
}

/** How sure it is, and how many of the differences it is the first cause of, where all of them are listed. */
export function causeWords({ id, confidence }: Cause, { differences, differencesTotal }: Comparison): string {
  const own = differences.filter(({ cause }) => cause === id).length;
  if (own === 0 || differencesTotal === 1 || differences.length < differencesTotal) return confidence;
  return `${confidence}, ${own} of ${differencesTotal} differences`;
}

const namedMax = 3;

/** What no cause explains and no pass sets aside, with the first members that it is in; undefined where there is none. */
export function unexplainedWords({ differences }: Pick<Comparison, 'differences'>): string | undefined {
  const open = differences.filter(({ cause, pass }) => cause === undefined && pass === undefined);
  if (open.length === 0) return undefined;
  const places = [...new Set(open.map(({ path }) => placeOf(path)))];
  const named = places.slice(0, namedMax).map((place) => printable(place, 200));
  const more = places.length > named.length ? ' and others' : '';
  const counted = open.length === 1 ? '1 difference has' : `${open.length} differences have`;
  return `${counted} no known cause, in ${named.join(', ')}${more}`;
}
