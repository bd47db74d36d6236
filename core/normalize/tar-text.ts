/**
 * How many bytes a time takes as text in a pax record, from the instant that the reader shows: seconds since 1970 and
 * the fraction.
 */
export function paxTimeBytes(shown: string): number {
  const match =
    /^(-?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d|[+-]\d{6}-\d\d-\d\dT\d\d:\d\d:\d\d|@-?\d+)(\.\d+)?Z?$/.exec(shown);
  // Another spelling is shown as it stands.
  if (match === null) return Buffer.byteLength(shown);
  const [, whole = '', fraction = ''] = match;
  const seconds = whole.startsWith('@') ? whole.slice(1) : String(Date.parse(`${whole}Z`) / 1000);
  return seconds.length + fraction.length;
}
