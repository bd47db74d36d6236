import type { Recipe, Step } from '#schemas/recipe.ts';
import { suppliedSourceFolder } from '../recipe/from-recipe-file.ts';

/** How one build of a check is run, beside what its recipe says. */
export interface Setting {
  /** Environment under the recipe's own: what the recipe sets stays as it says. */
  readonly variables: Readonly<Record<string, string>>;
  /** Put before the command of each build step, the first one outermost; each runs what follows it. */
  readonly wraps: readonly (readonly string[])[];
  /** For the kernel, and by it; a rebuild's own where absent. */
  readonly machine: {
    readonly hostname?: string;
    readonly uid?: number;
    readonly gid?: number;
    readonly fixedRandomness?: boolean;
  };
  /** Where the source is unpacked, below the work folder. */
  readonly sourceFolder: string;
  /** Steps between the unpacking and the build. */
  readonly prepare: readonly Step[];
  /** The clock stands still: what varies the time sets it to another moment. */
  readonly isClockHeld?: boolean;
  /** Which tools it needs among its inputs. */
  readonly brings: readonly VaryTool[];
}

export type VaryTool = 'faketime' | 'locales';

/** Exactly what a rebuild by the recipe does. */
export const plainSetting: Setting = {
  variables: {},
  wraps: [],
  machine: {},
  sourceFolder: suppliedSourceFolder,
  prepare: [],
  brings: [],
};

/** A line for /bin/sh before each build step; it ends by running the step: `"$@"`. */
export function wrap(setting: Setting, line: string): Setting {
  return { ...setting, wraps: [...setting.wraps, ['/bin/sh', '-c', line, 'assay']] };
}

/** Each build step with libfaketime preloaded, told by `assignments`, which are shell words. */
export function preload(setting: Setting, library: string, assignments: string): Setting {
  const kept = `LD_PRELOAD="${library}\${LD_PRELOAD:+:$LD_PRELOAD}"`;
  return bring(wrap(setting, `${kept} ${assignments} exec "$@"`), 'faketime');
}

/** The clock stands still at `instant`, in seconds since 1970, for each build step. */
export function stopClock(setting: Setting, library: string, instant: number): Setting {
  // FAKETIME_FMT: a moment by its number does not depend on the time zone.
  const told = `FAKETIME=${instant} FAKETIME_FMT=%s NO_FAKE_STAT=1 FAKETIME_DONT_FAKE_MONOTONIC=1`;
  return preload(setting, library, told);
}

export function setVariables(setting: Setting, variables: Readonly<Record<string, string>>): Setting {
  return { ...setting, variables: { ...setting.variables, ...variables } };
}

export function bring(setting: Setting, tool: VaryTool): Setting {
  return setting.brings.includes(tool) ? setting : { ...setting, brings: [...setting.brings, tool] };
}

/** Before the build, in the work folder: a line for /bin/sh -e. The folder of the source is `$1`. */
export function prepare(setting: Setting, name: string, line: string): Setting {
  const step: Step = {
    name,
    phase: 'prepare',
    run: ['/bin/sh', '-e', '-c', line, 'assay', setting.sourceFolder],
  };
  return { ...setting, prepare: [...setting.prepare, step] };
}

/** What one build runs: the parts of a recipe that a setting changes. */
export interface BuildPlan {
  readonly steps: readonly Step[];
  readonly variables: Readonly<Record<string, string>>;
  readonly outputs: readonly string[];
}

/** The build of `recipe`, which was made for `setting.sourceFolder`. What is ours in it (unpacking) runs as ever. */
export function planBuild(recipe: Recipe, setting: Setting): BuildPlan {
  const ours = recipe.steps.filter(({ phase }) => phase === 'prepare');
  const build = recipe.steps.filter(({ phase }) => phase !== 'prepare');
  const around = setting.wraps.flat();
  return {
    steps: [
      ...ours,
      ...setting.prepare,
      ...build.map((step) => ({ ...step, run: [...around, ...step.run] })),
    ],
    variables: { ...setting.variables, ...recipe.variables },
    outputs: recipe.outputs,
  };
}
