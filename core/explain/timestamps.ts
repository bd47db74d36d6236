/** A moment as people and programs write it. `certain`: the spelling leaves no doubt that it is one. */
interface Spelling {
  readonly pattern: RegExp;
  readonly certain: boolean;
}

const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}';
const day = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}';
const clock = '\\d{1,2}:\\d{2}(?::\\d{2}(?:[.,]\\d{1,9})?)?(?: ?[AaPp][Mm])?';
const zone = '(?: ?(?:Z|UTC|GMT|[A-Z]{3,4}|[+-]\\d{2}:?\\d{2}))?';

const spellings: readonly Spelling[] = [
  // ISO 8601 and its relatives, with or without the time of day
  {
    pattern: new RegExp(
      `\\b(?:19|20)\\d{2}[-/.](?:0[1-9]|1[0-2])[-/.](?:0[1-9]|[12]\\d|3[01])(?:[T _-]${clock}${zone})?`,
      'g',
    ),
    certain: true,
  },
  // date(1), asctime, RFC 5322
  {
    pattern: new RegExp(
      `\\b(?:${day},? +)?(?:${month} +\\d{1,2}|\\d{1,2}[ -]${month})(?:,? +|-)(?:(?:19|20)\\d{2}(?:[ ,]+${clock}${zone})?|${clock}${zone}(?: +(?:19|20)\\d{2})?)`,
      'g',
    ),
    certain: true,
  },
  // Java's Date.toString: Sun Nov 22 12:00:00 UTC 2026 is above; this one is 22/11/2026 or 11/22/2026
  { pattern: new RegExp(`\\b\\d{1,2}/\\d{1,2}/(?:19|20)\\d{2}(?: ${clock})?`, 'g'), certain: true },
  {
    pattern: /\b(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:T?[0-2]\d[0-5]\d[0-5]\d)?Z?\b/g,
    certain: false,
  },
  { pattern: new RegExp(`\\b${clock}${zone}`, 'g'), certain: false },
  // seconds and milliseconds since 1970, from 2001 to 2033
  { pattern: /\b1\d{9}(?:\.\d{1,9})?\b/g, certain: false },
  { pattern: /\b1\d{12}\b/g, certain: false },
];

export interface TimestampPair {
  readonly a: string;
  readonly b: string;
  readonly certain: boolean;
  /** Column of the value in `a`. */
  readonly column: number;
}

interface Found {
  readonly text: string;
  readonly at: number;
  readonly certain: boolean;
  readonly spelling: number;
}

function findAll(text: string): Found[] {
  const found: Found[] = [];
  for (const [spelling, { pattern, certain }] of spellings.entries()) {
    for (const match of text.matchAll(pattern)) {
      const at = match.index;
      const end = at + match[0].length;
      if (found.some((other) => at < other.at + other.text.length && other.at < end)) continue;
      found.push({ text: match[0], at, certain, spelling });
    }
  }
  return found.sort((one, other) => one.at - other.at);
}

function mask(text: string, found: readonly Found[]): string {
  let masked = '';
  let at = 0;
  for (const { at: start, text: value, spelling } of found) {
    masked += `${text.slice(at, start)}\0${spelling}\0`;
    at = start + value.length;
  }
  return masked + text.slice(at);
}

/**
 * The moments by which two texts differ, where they differ by nothing else; undefined otherwise. Long texts are not
 * looked at: a line is.
 */
export function timestampsOnly(a: string, b: string): TimestampPair[] | undefined {
  if (a.length > 10_000 || b.length > 10_000) return undefined;
  const foundA = findAll(a);
  const foundB = findAll(b);
  if (foundA.length === 0 || foundA.length !== foundB.length || mask(a, foundA) !== mask(b, foundB))
    return undefined;
  const pairs: TimestampPair[] = [];
  for (const [index, one] of foundA.entries()) {
    const other = foundB[index];
    if (other === undefined || one.text === other.text) continue;
    pairs.push({ a: one.text, b: other.text, certain: one.certain && other.certain, column: one.at });
  }
  return pairs.length === 0 ? undefined : pairs;
}
