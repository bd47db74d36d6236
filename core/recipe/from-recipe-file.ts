import type { RecipeFile } from '#schemas/recipe-file.ts';
import { defaultLimits, Recipe, type Environment, type Source, type Step } from '#schemas/recipe.ts';
import { AppError } from '../errors/app-error.ts';

/** Where a supplied source is unpacked, below the work folder. Steps run there; outputs are relative to it. */
export const suppliedSourceFolder = 'src';

/**
 * The recipe that an `assay.yaml` describes, for a source that is kept already. The source (a tarball, plain or
 * gzipped, or a folder that was packed) is unpacked as it is; each line of `steps` is for `/bin/sh -e`. Pure: the same file and source give the
 * same recipe. `folder`: where the source is unpacked.
 * @throws AppError `invalid-recipe`
 */
export function recipeFromFile(
  file: RecipeFile,
  source: Source,
  architecture: Environment['architecture'] = 'amd64',
  folder: string = suppliedSourceFolder,
): Recipe {
  const epoch = file.clock?.sourceDateEpoch;
  const recipe = Recipe.safeParse({
    schemaVersion: 1,
    by: 'supplied',
    source,
    environment: {
      kind: 'debian',
      suite: file.environment.suite,
      architecture,
      packages: [...new Set(file.environment.packages)].sort(),
    },
    clock: epoch === undefined ? { from: 'none' } : { from: 'declared', sourceDateEpoch: epoch },
    ...(file.registry === undefined ? {} : { registry: file.registry }),
    variables: { ...file.variables, ...(epoch === undefined ? {} : { SOURCE_DATE_EPOCH: String(epoch) }) },
    files: [],
    steps: [unpackStep(source, folder), ...file.steps.map((step, index) => stepOf(step, index, folder))],
    outputs: file.outputs.map((path) => `${folder}/${path}`),
    limits: limitsOf(file),
    notes: [],
  });
  if (recipe.success) return recipe.data;
  const faults = recipe.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new AppError('invalid-recipe', `The recipe has faults: ${faults.join('; ').slice(0, 2000)}`);
}

/** The shell's text is fixed; the hostile name is its argument. */
function unpackStep(source: Source, folder: string): Step {
  return {
    name: 'unpack',
    phase: 'prepare',
    run: [
      '/bin/sh',
      '-e',
      '-c',
      'umask 022; mkdir "$2"; exec tar --extract --file "$1" --directory "$2" --force-local --no-same-owner --no-same-permissions',
      'unpack',
      `in/${source.file}`,
      folder,
    ],
  };
}

function stepOf(step: RecipeFile['steps'][number], index: number, folder: string): Step {
  const name = `step-${index + 1}`;
  const common = { phase: 'build' as const, cwd: folder };
  return typeof step === 'string'
    ? { ...common, name, run: ['/bin/sh', '-e', '-c', step] }
    : { ...common, name: step.name ?? name, run: step.run };
}

function limitsOf(file: RecipeFile): Recipe['limits'] {
  const timeSeconds = file.limits?.timeSeconds ?? defaultLimits.timeSeconds;
  const cpuSeconds = Math.min(24 * 3600, Math.max(defaultLimits.cpuSeconds, 2 * timeSeconds));
  return {
    ...defaultLimits,
    cpuSeconds,
    timeSeconds,
    memoryBytes: file.limits?.memoryBytes ?? defaultLimits.memoryBytes,
    diskBytes: file.limits?.diskBytes ?? defaultLimits.diskBytes,
    processes: file.limits?.processes ?? defaultLimits.processes,
  };
}
