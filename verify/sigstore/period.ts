/** A closed interval of time; without an end it goes on. */
export interface Period {
  readonly start: Date;
  readonly end?: Date | undefined;
}

export function contains({ start, end }: Period, at: Date): boolean {
  // Written such that an invalid date is in no period.
  return at >= start && (end === undefined || at <= end);
}

/** The part that two periods have in common; it can be empty (end before start). */
export function intersect(one: Period, other: Period): Period {
  const start = one.start > other.start ? one.start : other.start;
  if (one.end === undefined) return { start, end: other.end };
  if (other.end === undefined) return { start, end: one.end };
  return { start, end: one.end < other.end ? one.end : other.end };
}

export function describePeriod({ start, end }: Period): string {
  return `${start.toISOString()} to ${end?.toISOString() ?? 'no end'}`;
}
