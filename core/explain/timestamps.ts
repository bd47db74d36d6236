import { findMoments, hideMoments, type Moment } from './moments.ts';
import { hideValues } from './values.ts';

/** A moment that two lines write otherwise. */
export interface TimestampPair {
  readonly a: string;
  readonly b: string;
  readonly certain: boolean;
  /** Column of the value in `a`. */
  readonly column: number;
  readonly momentA: Moment;
  readonly momentB: Moment;
}

/**
 * The moments by which two texts differ, where they differ by nothing else but values of other known kinds; undefined
 * otherwise. Long texts are not looked at: a line is.
 */
export function timestampsOnly(a: string, b: string): TimestampPair[] | undefined {
  if (a.length > 10_000 || b.length > 10_000) return undefined;
  const foundA = findMoments(a);
  if (foundA.length === 0) return undefined;
  const foundB = findMoments(b);
  if (foundA.length !== foundB.length) return undefined;
  const [restA, restB] = [hideMoments(a, foundA), hideMoments(b, foundB)];
  if (restA !== restB && hideValues(restA) !== hideValues(restB)) return undefined;
  const pairs: TimestampPair[] = [];
  for (const [index, one] of foundA.entries()) {
    const other = foundB[index];
    if (other === undefined || one.text === other.text) continue;
    pairs.push({
      a: one.text,
      b: other.text,
      certain: one.certain && other.certain,
      column: one.at,
      momentA: one,
      momentB: other,
    });
  }
  return pairs.length === 0 ? undefined : pairs;
}
