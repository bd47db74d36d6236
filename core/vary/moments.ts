import type { Place } from './places.ts';

/** When a build ran: seconds since 1970. */
export interface Span {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** zip keeps times to two seconds. */
const slackSeconds = 2;

/** An instant as archives' fields are shown: RFC 3339, or without zone where the format has none (builds run in UTC). */
function secondsOf(text: string | null | undefined): number | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)?Z?$/.exec(text ?? '');
  const ms = match === null ? Number.NaN : Date.parse(`${match[1]}T${match[2]}Z`);
  return Number.isNaN(ms) ? undefined : ms / 1000;
}

function lies(text: string | null | undefined, { fromSeconds, toSeconds }: Span): boolean {
  const seconds = secondsOf(text);
  return (
    seconds !== undefined && seconds >= fromSeconds - slackSeconds && seconds <= toSeconds + slackSeconds
  );
}

/** Whether both values of a field of an archive are moments at which the build that wrote each of them ran. */
export function isOwnTime({ difference: { kind, a, b } }: Place, spanA: Span, spanB: Span): boolean {
  return kind === 'metadata' && lies(a, spanA) && lies(b, spanB);
}
