import type { RecipeChange } from '#schemas/recipe-change.ts';
import type { Setting, VaryTool } from './setting.ts';

/** Where the tools of variations lie inside of the sandbox; absent where this host cannot have one. */
export type VaryTools = Readonly<Partial<Record<VaryTool, string>>>;

/** What can be done to a build, and what that can prove. */
interface Experiment {
  readonly id: string;
  /** What is varied or held fixed: "the host name". */
  readonly title: string;
  /** From what to what, or at what. */
  readonly how: string;
  /** What to do where a build depends on it and no explainer knows better. */
  readonly remedy: string;
  /** Ids of the causes that it proves; the first names what no explainer claims. */
  readonly causes: readonly [string, ...string[]];
  /** What to try of the recipe, where the explainer that claims the difference proposes nothing that works. */
  readonly changes?: readonly RecipeChange[];
  readonly needs?: VaryTool;
  readonly apply: (setting: Setting, tools: VaryTools) => Setting;
}

/** One thing around a build that a recipe does not say, and that therefore may be another elsewhere. */
export interface Variation extends Experiment {
  /** The hold that cannot be had at the same time. */
  readonly without?: string;
  /** CPUs that this host must have. */
  readonly cpusMin?: number;
  /** The variable by which a recipe says it: what is declared is not varied. */
  readonly declaredBy?: string;
}

/** Something that is another in each build by itself, and how it is kept the same: what goes then, came from it. */
export interface Hold extends Experiment {
  /** The variation of the same thing: it need not be tried once this is proven, and this is held once that is. */
  readonly instead?: string;
}
