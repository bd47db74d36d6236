import type { Delta } from '#core/compare/delta.ts';
import type { ComparisonFacts } from '#core/compare/facts.ts';
import type { Cause } from '#schemas/comparison.ts';
import type { RecipeChange } from '#schemas/recipe-change.ts';

/** What an explainer is, for people and for docs/causes.md. */
export interface ExplainerMeta {
  readonly id: string;
  /** The cause as a statement: "The time of the build is embedded". */
  readonly title: string;
  /** How to make the difference go away, in the build. */
  readonly remedy: string;
  /** What a report shows of it: a few lines of a real one. */
  readonly looksLike: string;
  /** How it comes about. */
  readonly why: string;
  /** The fix in each common build tool to which it applies, by the tool's name; what is to be typed between backticks. */
  readonly fixes: Readonly<Record<string, string>>;
  /** What it must see to tell. */
  readonly needs: readonly ('fields' | 'names' | 'content')[];
  /**
   * How it stands to other causes of the same pair. `source`: the two are of different sources, so that guesses about
   * anything else are left out. `origin`: another tool made one side, and much else comes of that.
   * `consequence`: it goes when the others go. `remainder`: told only of what nothing else likely explains.
   */
  readonly stands?: 'source' | 'origin' | 'consequence' | 'remainder';
  /** The kinds of change to a recipe that it can propose. */
  readonly proposes?: readonly RecipeChange['kind'][];
}

export interface Evidence {
  readonly delta: Delta;
  readonly offset?: number | undefined;
  readonly a?: string | null | undefined;
  readonly b?: string | null | undefined;
}

export interface Claim {
  readonly confidence: Exclude<Cause['confidence'], 'confirmed'>;
  /** The differences that this cause made, each with both values where there are two. */
  readonly evidence: readonly Evidence[];
  /** What to change in the recipe, where that would do. */
  readonly change?: RecipeChange;
}

/** One cause of differences: facts in, a claim out, or undefined where there is nothing to claim. Pure. */
export interface Explainer {
  readonly meta: ExplainerMeta;
  explain(facts: ComparisonFacts): Claim | undefined;
}
