import { Malformed } from '../malformed.ts';
import type { Place } from '../reading.ts';

/** What GNU's sparse form 0.0 gives once for each extent. */
const repeated = new Set(['GNU.sparse.offset', 'GNU.sparse.numbytes']);

/**
 * Records of a pax extended header ("%d %s=%s\n", POSIX.1-2017 pax): key → value as latin1; of a key that may be there
 * several times, all values with commas between. `keys` gets each key as it comes. @throws Malformed
 */
export function parsePax(
  place: Place,
  bytes: Uint8Array,
  offset: number,
  keys: string[] = [],
): Map<string, string> {
  const records = new Map<string, string>();
  const lists = new Map<string, string[]>();
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  let at = 0;
  while (at < text.length) {
    const space = text.indexOf(' ', at);
    const digits = space === -1 || space - at > 10 ? '' : text.slice(at, space);
    const end = at + Number(digits);
    const equals = text.indexOf('=', space);
    if (
      !/^[1-9][0-9]*$/.test(digits) ||
      end > text.length ||
      equals === -1 ||
      equals >= end ||
      text[end - 1] !== '\n'
    ) {
      throw new Malformed(place, 'a pax record that cannot be read', offset + at);
    }
    const key = text.slice(space + 1, equals);
    const value = text.slice(equals + 1, end - 1);
    const many = repeated.has(key) && /^[0-9]{1,15}$/.test(value);
    if (records.has(key) && !many)
      throw new Malformed(place, 'a pax header that gives one key twice', offset + at);
    if (many) {
      const list = lists.get(key);
      if (list === undefined) lists.set(key, [value]);
      else list.push(value);
    }
    records.set(key, value);
    keys.push(key);
    at = end;
  }
  for (const [key, values] of lists) records.set(key, values.join(','));
  return records;
}

/** An epoch with a fraction, as pax writes times; every spelling stays its own (what has two is left as it is). */
export function paxTime(value: string): string {
  const match = /^(0|-?[1-9][0-9]{0,14})(?:\.([0-9]{1,18}))?$/.exec(value);
  return match === null ? value : epochText(Number(match[1]), match[2] ?? '');
}

/** Seconds since 1970 as an instant; what no calendar holds as `@seconds`. */
export function epochText(seconds: number, fraction = ''): string {
  if (Math.abs(seconds) > 8.64e12) return `@${seconds}${fraction === '' ? '' : `.${fraction}`}`;
  const instant = new Date(seconds * 1000).toISOString().replace('.000Z', '');
  return `${instant}${fraction === '' ? '' : `.${fraction}`}Z`;
}
