/**
 * How many bytes a time takes as text in a pax record, from the instant that the reader shows: seconds since 1970 and
 * the fraction. Undefined for what the reader shows as it stands, because it is no time.
 */
export function paxTimeBytes(shown: string): number | undefined {
  const match =
    /^(-?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d|[+-]\d{6}-\d\d-\d\dT\d\d:\d\d:\d\d|@-?\d+)(\.\d+)?Z?$/.exec(shown);
  if (match === null) return undefined;
  const [, whole = '', fraction = ''] = match;
  const seconds = whole.startsWith('@') ? whole.slice(1) : String(Date.parse(`${whole}Z`) / 1000);
  return seconds.length + fraction.length;
}
