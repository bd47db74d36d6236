import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
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
import { openWorkshop, type Workshop } from './open-workshop.ts';

export interface CheckRequest {
  /** The file that is about to be released. */
  readonly candidate: string | undefined;
  readonly recipe: string;
  readonly vary: boolean;
  readonly buildsMax: number;
  readonly yes: boolean;
}

const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';

/**
 * Builds by a recipe, on this machine and without a service, and compares: with the candidate, and with builds under
 * other conditions.
 * @throws AppError `usage`, `invalid-recipe`, `missing-component`, `unavailable`, `interrupted`
 */
export async function runCheck(io: CliIo, progress: Progress, asked: CheckRequest): Promise<CheckReport> {
  const recipePath = resolve(io.cwd, asked.recipe);
  const file = await readRecipeFile(recipePath);
  if (file.registry !== undefined)
    throw new AppError('invalid-recipe', 'This recipe asks a package registry, which check cannot serve', {
      hint: 'put what the build needs into the source (vendored), or use `assay rebuild --recipe`, which brings a gateway',
    });
  const candidate = asked.candidate === undefined ? undefined : resolve(io.cwd, asked.candidate);
  if (candidate !== undefined) await regularFile(candidate, 'the candidate');
  const workshop = await openWorkshop(io, { yes: asked.yes });
  const folder = await mkdtemp(join(tmpdir(), 'assay-check-'));
  try {
    await chmod(folder, 0o711);
    return await withSource(resolve(dirname(recipePath), file.source.path), file, async (source) => {
      const lab = await labOf({ io, progress, workshop, folder, file, source, asked });
      const found = asked.vary ? await search(lab.lab, file) : await buildOnce(lab.lab);
      const [first] = found.control?.outputs ?? [];
      const compared =
        candidate === undefined || first === undefined || found.control === undefined
          ? undefined
          : await compareInReader(
              candidate,
              join(found.control.folder, first.path),
              {},
              { signal: io.signal },
            );
      return reportOf(found, lab, asked, compared?.comparison);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
    await workshop.close();
  }
}

const candidateWords = {
  same: 'The candidate is the same too.',
  other: 'The candidate has other bytes.',
} as const;

type Found = Awaited<ReturnType<typeof search>>;

function reportOf(
  found: Found,
  { lab, rootfs, lacking }: { readonly lab: OpenLab; readonly rootfs: string; readonly lacking?: string },
  asked: CheckRequest,
  candidate: CheckReport['candidate'],
): CheckReport {
  const { control, result, detail, cut, ...rest } = found;
  const isOther = result === 'reproducible' && candidate !== undefined && candidate.result !== 'identical';
  const told = candidate === undefined ? '' : ` ${candidateWords[isOther ? 'other' : 'same']}`;
  return {
    schemaVersion: 1,
    ...rest,
    result: isOther ? 'candidate-differs' : result,
    detail: result === 'reproducible' ? `${detail}${told}` : detail,
    ...(candidate === undefined ? {} : { candidate }),
    outputs: (control?.outputs ?? []).map(({ path, sha256, size }) => ({ path, digest: { sha256 }, size })),
    environment: { sandbox: lab.sandboxName.slice(0, 80), rootfs: { sha256: rootfs } },
    varied: [...rest.varied],
    held: [...rest.held],
    causes: [...rest.causes],
    differing: rest.differing.map((one) => ({ ...one })),
    builds: lab.builds,
    buildsMax: asked.buildsMax,
    cut: [...cut, ...(lacking === undefined ? [] : [`tools of variations: ${lacking}`.slice(0, 300)])],
  };
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
}): Promise<{ lab: OpenLab; rootfs: string; lacking?: string }> {
  const { io, progress, workshop, file, asked } = given;
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
    sandbox: workshop.sandbox,
    rootfs,
    recipe: file,
    source,
    sourcePath: path,
    tools,
    architecture,
    folder: given.folder,
    buildsMax: asked.buildsMax,
    signal: io.signal,
    onBuild: (label, number) => progress.step(`${label} (build ${number})`),
    onLine: (text) => progress.line(text),
    now: () => io.now(),
  });
  return { lab, rootfs: rootfs.sha256, ...('lacking' in tools ? { lacking: tools.lacking } : {}) };
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
