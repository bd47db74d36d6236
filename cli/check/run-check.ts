import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '#core/errors/app-error.ts';
import { recipeFromFile } from '#core/recipe/from-recipe-file.ts';
import { search } from '#core/vary/search.ts';
import { plainSetting } from '#core/vary/setting.ts';
import type { CheckReport } from '#schemas/check.ts';
import type { Source } from '#schemas/recipe.ts';
import type { RecipeFile } from '#schemas/recipe-file.ts';
import { type OpenLab, openLab } from '#workers/check/open-lab.ts';
import { ensureVaryTools } from '#workers/check/vary-tools.ts';
import { compareInReader } from '#workers/reader/compare-in-reader.ts';
import { ensureRootfs } from '#workers/rootfs/ensure-rootfs.ts';
import type { CliIo } from '../io.ts';
import type { Progress } from '../progress/progress.ts';
import { readRecipeFile, regularFile } from '../recipe/read-recipe-file.ts';
import { type SourceFile, withSource } from '../recipe/with-source.ts';
import { checkReport, type Found } from './check-report.ts';
import { openRegistry, type OpenRegistry } from './open-registry.ts';
import { openWorkshop, type Workshop } from './open-workshop.ts';

export interface CheckRequest {
  /** The file that is about to be released. */
  readonly candidate: string | undefined;
  readonly recipe: string;
  readonly vary: boolean;
  /** With `vary`: where two builds are the same, some more, in which each thing is varied without each other one. */
  readonly thorough?: boolean;
  readonly buildsMax: number;
  readonly yes: boolean;
}

const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';

/**
 * Builds by a recipe, on this machine and without a service, and compares: with the candidate, and with builds under
 * other conditions.
 * @throws AppError `usage`, `invalid-recipe`, `missing-component`, `unavailable`, `upstream`, `interrupted`
 */
export async function runCheck(io: CliIo, progress: Progress, asked: CheckRequest): Promise<CheckReport> {
  const recipePath = resolve(io.cwd, asked.recipe);
  const file = await readRecipeFile(recipePath);
  const candidate = asked.candidate === undefined ? undefined : resolve(io.cwd, asked.candidate);
  if (candidate !== undefined) await regularFile(candidate, 'the candidate');
  const meant = candidate === undefined ? undefined : outputMeant(candidate, file.outputs);
  const folder = await mkdtemp(join(tmpdir(), 'assay-check-'));
  let workshop: Workshop | undefined;
  let registry: OpenRegistry | undefined;
  try {
    await chmod(folder, 0o711);
    workshop = await openWorkshop(io, { folder: join(folder, 'sandbox'), yes: asked.yes });
    registry = await registryOf({ io, progress, folder, file, candidate, yes: asked.yes });
    const opened = { workshop, registry };
    return await withSource(resolve(dirname(recipePath), file.source.path), file, async (source) => {
      const made = await labOf({ io, progress, folder, file, source, asked, ...opened });
      const found = asked.vary
        ? await search(made.lab, file, { thorough: asked.thorough ?? false })
        : await buildOnce(made.lab);
      const output = found.control?.outputs.find(({ path }) => path === meant);
      const compared =
        candidate === undefined || output === undefined || found.control === undefined
          ? undefined
          : await compareInReader(
              candidate,
              join(found.control.folder, output.path),
              {},
              { signal: io.signal },
            );
      return checkReport({
        ...made,
        found,
        buildsMax: asked.buildsMax,
        candidate: compared?.comparison,
        hasRegistry: opened.registry !== undefined,
      });
    });
  } finally {
    // Each though another cannot be ended; what stays in an engine is removed by the next check.
    await Promise.allSettled([registry?.close(), workshop?.close()]);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Which of the recipe's outputs a candidate is held against. @throws AppError `usage` where that cannot be told */
function outputMeant(candidate: string, outputs: readonly string[]): string | undefined {
  if (outputs.length === 1) return outputs[0];
  const named = outputs.filter((path) => basename(path) === basename(candidate));
  if (named.length === 1) return named[0];
  throw new AppError('usage', `None of the recipe's outputs has the candidate's name alone`, {
    hint: `give the candidate the name of one of them: ${outputs.join(', ')}`.slice(0, 1000),
  });
}

async function registryOf(given: {
  readonly io: CliIo;
  readonly progress: Progress;
  readonly folder: string;
  readonly file: RecipeFile;
  readonly candidate: string | undefined;
  readonly yes: boolean;
}): Promise<OpenRegistry | undefined> {
  const { io, folder, file, candidate, yes } = given;
  if (file.registry === undefined) return undefined;
  given.progress.step(`starting the gateway to the registry, as of ${file.registry.before}`);
  const underTest = {
    files: [...(candidate === undefined ? [] : [candidate]), ...file.outputs],
    sha256: candidate === undefined ? [] : [await digestOf(candidate)],
  };
  return openRegistry(io, file.registry, { folder, underTest, yes });
}

/** Without --vary: one build. */
async function buildOnce(lab: OpenLab): Promise<Found> {
  const nothing = { varied: [], held: [], causes: [], differing: [], unexplained: 0, cut: [] };
  const built = await lab.build({ label: 'building by the recipe', setting: plainSetting });
  if (built.kind === 'built')
    return { ...nothing, control: built, result: 'reproducible', detail: 'Built once by the recipe.' };
  if (built.kind === 'spent') throw new AppError('usage', 'At least one build must be allowed');
  return { ...nothing, result: built.own ? 'build-failed' : 'not-established', detail: built.detail };
}

async function labOf(given: {
  readonly io: CliIo;
  readonly progress: Progress;
  readonly workshop: Workshop;
  readonly folder: string;
  readonly file: RecipeFile;
  readonly source: SourceFile;
  readonly asked: CheckRequest;
  readonly registry: OpenRegistry | undefined;
}): Promise<{ lab: OpenLab; rootfs: string; lacking: string | undefined }> {
  const { io, progress, workshop, file, asked, registry } = given;
  const { path, ...name } = given.source;
  const source: Source = { ...name, digest: { sha256: await digestOf(path) }, size: (await stat(path)).size };
  const recipe = recipeFromFile(file, source, architecture);
  progress.step('making the root file system ready');
  const rootfs = await ensureRootfs(recipe.environment, workshop.rootfs, io.signal);
  if (asked.vary) progress.step('making the tools of variations ready');
  const tools = asked.vary
    ? await ensureVaryTools(architecture, workshop.rootfs, workshop.sandbox, io.signal)
    : { inside: {}, folder: '' };
  const lab = openLab({
    name: workshop.name,
    sandbox: workshop.sandbox,
    rootfs,
    recipe: file,
    source,
    sourcePath: path,
    tools,
    registry: registry?.registry,
    architecture,
    folder: given.folder,
    buildsMax: asked.buildsMax,
    signal: io.signal,
    ...(registry === undefined ? {} : { explainFailure: registry.explainFailure }),
    onBuild: (label, number) => progress.step(`${label} (build ${number})`),
    onLine: (text) => progress.line(text),
    now: () => io.now(),
  });
  return { lab, rootfs: rootfs.sha256, lacking: 'lacking' in tools ? tools.lacking : undefined };
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
