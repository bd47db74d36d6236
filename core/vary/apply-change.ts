import type { RecipeChange } from '#schemas/recipe-change.ts';
import type { RecipeFile } from '#schemas/recipe-file.ts';
import { type Setting, wrap } from './setting.ts';

/** Any moment will do where a change names none: 2000-01-01T00:00:00Z. */
const anyInstant = 946_684_800;

/** Why `change` cannot be tried by building again, or undefined. */
export function whyNotTried(change: RecipeChange): string | undefined {
  if (change.kind === 'tool')
    return `an assay.yaml names no version of ${change.name}: change it where the build gets it`;
  if (change.kind === 'build-path') return 'an assay.yaml does not say where it is built';
  return undefined;
}

/** The recipe with `change`, which `whyNotTried` lets pass. */
export function changeRecipe(file: RecipeFile, change: RecipeChange): RecipeFile {
  switch (change.kind) {
    case 'clock':
      return {
        ...file,
        clock: { sourceDateEpoch: change.sourceDateEpoch ?? file.clock?.sourceDateEpoch ?? anyInstant },
      };
    case 'variable':
      return { ...file, variables: { ...file.variables, [change.name]: change.value } };
    case 'step':
      return { ...file, steps: [...file.steps, change.run] };
    default:
      return file;
  }
}

/** The part of a change that is no field of a recipe: it goes nearer to the build than what is varied. */
export function changeSetting(setting: Setting, change: RecipeChange): Setting {
  return change.kind === 'umask' ? wrap(setting, `umask ${change.value}; exec "$@"`) : setting;
}
