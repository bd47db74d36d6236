import type { ArchiveFormat } from '#core/archive/entry.ts';
import type { Delta } from '#core/compare/delta.ts';
import type { ComparisonFacts } from '#core/compare/facts.ts';

/** The differences that a pass may ever be asked about: docs/passes.md shows it, and nothing outside is its to touch. */
export interface Scope {
  /** Of the archive in which the two disagree. */
  readonly formats: readonly ArchiveFormat[];
  /** Fields of members or of the archive itself; `#` stands for a number in a name. */
  readonly fields?: readonly string[];
  /** The order of an archive's members. */
  readonly order?: true;
  /** Contents of the members with such names. */
  readonly contents?: { readonly names: RegExp; readonly title: string };
}

/**
 * A normalising pass: one kind of difference that says nothing of what the artifact does. It only ever claims a
 * difference as a whole; what no pass claims makes the files different, and no pass can touch a finding. What it says
 * of a difference rests on the two sides alone, never on other passes, so that their order decides nothing.
 */
export interface Pass {
  readonly id: string;
  readonly title: string;
  /** What setting this aside could hide. */
  readonly risk: string;
  readonly touches: Scope;
  /**
   * How many bytes of both sides together it sets aside of this difference: those of the values, or of the fixed fields
   * that hold them; none where the same bytes stand at another place. Undefined where it leaves the difference alone.
   */
  setsAside(delta: Delta, facts: ComparisonFacts): number | undefined;
}
