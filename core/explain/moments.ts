import { dayName, monthName, monthNumber } from './calendar.ts';

/** A moment as people and programs write it. `certain`: the spelling leaves no doubt that it is one. */
interface Spelling {
  readonly pattern: RegExp;
  readonly certain: boolean;
}

const clock =
  '(?<h>\\d{1,2}):(?<min>\\d{2})(?::(?<s>\\d{2})(?:[.,]\\d{1,9})?)?(?: ?(?<half>[AaPp]\\.?[Mm]\\b\\.?))?';
const zone =
  '(?: ?(?<zone>Z\\b|(?:UTC|GMT)[+-]\\d{1,2}\\b|\\(?[A-Z]{3,5}\\b\\)?|[+-]\\d{2}:?\\d{2}\\b|[+-]\\d{2}\\b))?';
const zoned = `${clock}${zone}`;
const year = '(?<y>(?:19|20)\\d{2})';

/** ISO 8601 and its relatives, with or without the time of day. */
const isoDate = (between: string) =>
  `(?<![\\d.])${year}${between}(?<m>0[1-9]|1[0-2])${between}(?<d>0[1-9]|[12]\\d|3[01])(?!\\d|\\.\\d)`;
const iso = `${isoDate('[-/]')}(?:[T _-]${zoned})?`;
/** date(1) and ctime: Sun Nov 22 12:00:00 UTC 2026; also with the zone behind the year. */
const ctime = `(?<!\\p{L})(?:${dayName},? +)?(?<mon>${monthName}) +(?<d>\\d{1,2})(?:,? +${zoned}(?:,? +${year}|(?!\\d))|,? +${year}(?!\\d)(?:[ ,]+(?:at +)?${zoned})?)`;
/** RFC 5322 and date(1) in most other languages: Sun, 22 Nov 2026 12:00:00 GMT; 22. Nov 12:00:00 CET 2026. */
const dayFirst = `(?<!\\p{L})(?:${dayName},? +)?(?<![\\d.])(?<d>\\d{1,2})\\.?[ -](?:de )?(?<mon>${monthName})(?:,? +${zoned},? +${year}|,?(?: +(?:de )?|-)${year}(?!\\d)(?:[ ,:T-]+${zoned})?)`;

const spellings: readonly Spelling[] = [
  { pattern: new RegExp(iso, 'gu'), certain: true },
  { pattern: new RegExp(ctime, 'giu'), certain: true },
  { pattern: new RegExp(dayFirst, 'giu'), certain: true },
  // also a version: 2026.11.22
  { pattern: new RegExp(`${isoDate('[.]')}(?:[T _-]${zoned})?`, 'gu'), certain: false },
  // 2026年 11月 22日 12:00:00 UTC
  {
    pattern: new RegExp(`${year}年 ?(?<m>\\d{1,2})月 ?(?<d>\\d{1,2})日(?:[ \\p{L}()]{0,8}${zoned})?`, 'gu'),
    certain: true,
  },
  // 22/11/2026 or 11/22/2026; 22.11.2026
  {
    pattern: new RegExp(`(?<![\\d/.])\\d{1,2}([/.])\\d{1,2}\\1${year}(?![\\d.])(?:,? ${zoned})?`, 'gu'),
    certain: true,
  },
  // 20261122, 20261122T120000Z, 202611221200
  {
    pattern:
      /(?<![\w.])(?<y>(?:19|20)\d{2})(?<m>0[1-9]|1[0-2])(?<d>0[1-9]|[12]\d|3[01])(?:[T_-]?(?<h>[01]\d|2[0-3])(?<min>[0-5]\d)(?<s>[0-5]\d)?)?(?<zone>Z)?\b/gu,
    certain: false,
  },
  { pattern: new RegExp(`(?<![\\d:])${zoned}(?![\\d:])`, 'gu'), certain: false },
  // seconds, milli-, micro- and nanoseconds since 1970, from 2001 to 2033
  { pattern: /(?<![\w.])1\d{9}(?:\.\d{1,9})?(?![\w.]\d|\w)/gu, certain: false },
  { pattern: /(?<![\w.])1\d{12}(?:\d{3}){0,2}(?!\w)/gu, certain: false },
  // the same in hexadecimal, as compilers and keys write it: 2001 to 2033
  { pattern: /(?<!\w)0x[3-7][\da-f]{7}(?!\w)/giu, certain: false },
  // the year of a copyright notice, and that of a range
  {
    pattern: /(?<=(?:copyright|©|\(c\))[^\n\d]{0,40}(?:\d{4}[-–, ]{1,3})?)(?:19|20)\d{2}\b/giu,
    certain: true,
  },
];

/** What a spelling says, as far as it does. `minutes` is local time since 1970, seconds left out. */
export interface MomentParts {
  readonly year?: number;
  readonly month?: number;
  readonly day?: number;
  /** Of the day, local. */
  readonly seconds?: number;
  /** As it is written: `CET`, `+0100`, `Z`. */
  readonly zone?: string;
}

export interface Moment {
  readonly text: string;
  /** Column in UTF-16 units. */
  readonly at: number;
  readonly certain: boolean;
  /** Which spelling it is: two of one spelling were written by one program in one way. */
  readonly spelling: number;
  readonly parts: MomentParts;
}

function partsOf(groups: Readonly<Record<string, string | undefined>>): MomentParts {
  const number = (name: string) => (groups[name] === undefined ? undefined : Number(groups[name]));
  const month = groups['mon'] === undefined ? number('m') : monthNumber(groups['mon']);
  const hour = number('h');
  const half = groups['half']?.toLowerCase().startsWith('p') === true ? 12 : 0;
  const hours = hour === undefined ? undefined : half > 0 ? (hour % 12) + 12 : hour;
  const minutes = number('min') ?? 0;
  const seconds = number('s') ?? 0;
  const written = groups['zone'];
  const [y, d] = [number('y'), number('d')];
  return {
    ...(y === undefined ? {} : { year: y }),
    ...(month === undefined ? {} : { month }),
    ...(d === undefined ? {} : { day: d }),
    ...(hours === undefined ? {} : { seconds: hours * 3600 + minutes * 60 + seconds }),
    ...(written === undefined ? {} : { zone: written.replaceAll(/[()]/g, '') }),
  };
}

/** All moments in a text, in their order; where two spellings overlap, the earlier of the list. */
export function findMoments(text: string): Moment[] {
  const found: Moment[] = [];
  if (!/\d/.test(text)) return found;
  for (const [spelling, { pattern, certain }] of spellings.entries()) {
    for (const match of text.matchAll(pattern)) {
      const [at, end] = [match.index, match.index + match[0].length];
      if (found.some((other) => at < other.at + other.text.length && other.at < end)) continue;
      found.push({ text: match[0], at, certain, spelling, parts: partsOf(match.groups ?? {}) });
    }
  }
  return found.sort((one, other) => one.at - other.at);
}

/** The text with each moment replaced by a mark. */
export function hideMoments(text: string, found: readonly Moment[] = findMoments(text)): string {
  let masked = '';
  let at = 0;
  for (const { at: start, text: value } of found) {
    masked += `${text.slice(at, start)}\u0001t`;
    at = start + value.length;
  }
  return masked + text.slice(at);
}

/** Local time in seconds since 1970 where the day is told (its beginning, where no time is); undefined otherwise. */
export function localSeconds({ year: y, month, day, seconds }: MomentParts): number | undefined {
  if (y === undefined || month === undefined || day === undefined) return undefined;
  return Date.UTC(y, month - 1, day) / 1000 + (seconds ?? 0);
}

/** How far a zone is ahead of UTC, in seconds; undefined for names that mean several. */
export function zoneOffset(written: string | undefined): number | undefined {
  if (written === undefined) return undefined;
  if (/^(?:Z|UTC|GMT)$/.test(written)) return 0;
  const match = /^(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?$/.exec(written);
  if (match === null) return undefined;
  const seconds = Number(match[2]) * 3600 + Number(match[3] ?? 0) * 60;
  return match[1] === '-' ? -seconds : seconds;
}

/** Seconds since 1970 of a moment that says its day, its time and its zone, or is a count of them. */
export function epochOf({ text, parts }: Moment): number | undefined {
  if (/^1\d{9}(?:\.\d+)?$/.test(text)) return Math.floor(Number(text));
  if (/^1\d{12,18}$/.test(text)) return Math.floor(Number(text.slice(0, 10)));
  const [local, ahead] = [localSeconds(parts), zoneOffset(parts.zone)];
  return local === undefined || ahead === undefined ? undefined : local - ahead;
}
