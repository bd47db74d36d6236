/** Seconds of `Prefer: wait=N` (RFC 7240 section 4.3), at most `secondsMax`; undefined where there is no such wish. */
export function preferredWaitSeconds(prefer: string | undefined, secondsMax: number): number | undefined {
  const digits = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,6})"?\s*(?:[,;]|$)/i.exec(prefer ?? '')?.[1];
  return digits === undefined ? undefined : Math.min(Number(digits), secondsMax);
}
