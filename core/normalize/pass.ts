import type { Delta } from '#core/compare/delta.ts';
import type { ComparisonFacts } from '#core/compare/facts.ts';

/** What a pass sets aside of one difference. */
export interface Touched {
  readonly fields: readonly string[];
  /** Bytes set aside, both sides together. */
  readonly bytes: number;
}

/**
 * A normalising pass: one kind of difference that says nothing of what the artifact does. It only ever claims a
 * difference as a whole; what no pass claims makes the files different, and no pass can touch a finding.
 */
export interface Pass {
  readonly id: string;
  readonly title: string;
  /** What setting this aside could hide. */
  readonly risk: string;
  covers(delta: Delta, facts: ComparisonFacts): Touched | undefined;
}
