import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '#core/errors/app-error.ts';
import { FileName } from '#schemas/artifact.ts';
import type { AttemptFacts, JobReport, Output } from '#schemas/jobs.ts';
import type { Canary, WorkerPlace } from '#schemas/place.ts';
import type { Recipe } from '#schemas/recipe.ts';
import type { z } from '@hono/zod-openapi';
import type { JobContext, JobHandler } from '../runtime/control-client.ts';
import { ensureRootfs, type RootfsCache } from '../rootfs/ensure-rootfs.ts';
import type { Sandbox, SandboxResult, Rootfs } from '../sandbox/sandbox.ts';
import { openAttemptLog } from './attempt-log.ts';
import { reportFailure, reportMissingOutputs, type ExplainFailure } from './classify.ts';
import { openGatewaySocket } from './gateway-socket.ts';

type Ran = z.infer<typeof AttemptFacts>;

export interface RebuildTools {
  readonly sandbox: Sandbox;
  readonly rootfs: RootfsCache;
  readonly gatewayUrl: string;
  /** Who and where this worker is, and what it can reach, looked at anew. */
  readonly lookAround: (canaries: readonly Canary[]) => Promise<WorkerPlace>;
  readonly now: () => Date;
  /** What an ecosystem (by `Recipe.ecosystem`) can say of a failed step; undefined where nobody can. */
  readonly explainerOf: (ecosystem: string) => ExplainFailure | undefined;
}

/** Files of `recipe.files` lie below the folder of inputs. */
const inputsPrefix = 'in/';

/** One attempt: fetches the inputs, runs the recipe in the sandbox, hands over outputs and log. */
export function createRebuildHandler(tools: RebuildTools): JobHandler<'rebuild'> {
  return async (job) => {
    const { recipe } = job.input;
    const fault = faultOf(recipe);
    if (fault !== undefined)
      return {
        outcome: 'not-established',
        verdict: 'unsupported',
        reason: 'no-recipe',
        retryable: false,
        detail: fault,
      };
    const inputs = await fetchInputs(job, recipe);
    job.progress({ type: 'note', text: 'Making the root file system ready.' });
    const rootfs = await findRootfs(tools, recipe, job.signal);
    if (rootfs instanceof AppError)
      return {
        outcome: 'not-established',
        verdict: 'inconclusive',
        reason: 'input-unavailable',
        retryable: true,
        detail: rootfs.message.slice(0, 4000),
      };
    return runRecipe(tools, job, rootfs, inputs);
  };
}

/** Why no sandbox can run `recipe`, or undefined. Whoever supplied it could have written anything that fits the schema. */
function faultOf(recipe: Recipe): string | undefined {
  const stray = recipe.files.find(({ path }) => !path.startsWith(inputsPrefix));
  if (stray !== undefined)
    return `A file of the recipe is not below ${inputsPrefix}: ${JSON.stringify(stray.path)}`;
  if (recipe.files.some(({ path }) => path === inputsPrefix + recipe.source.file))
    return 'A file of the recipe has the name of the source';
  const output = recipe.outputs.find((path) => !FileName.safeParse(basename(path)).success);
  if (output !== undefined) return `An output has no plain file name: ${JSON.stringify(output)}`;
  const names = recipe.steps.map(({ name }) => name);
  if (new Set(names).size < names.length) return 'Two steps of the recipe have the same name';
  return undefined;
}

/** A folder with the source and the recipe's own files, readable to the sandbox's user. */
async function fetchInputs(job: JobContext<'rebuild'>, recipe: Recipe): Promise<string> {
  await chmod(job.folder, 0o711);
  const inputs = join(job.folder, 'inputs');
  await mkdir(inputs, { mode: 0o755 });
  const source = join(inputs, recipe.source.file);
  await job.download(recipe.source.digest.sha256, source);
  await chmod(source, 0o644);
  for (const { path, text } of recipe.files) {
    const target = join(inputs, path.slice(inputsPrefix.length));
    await mkdir(dirname(target), { recursive: true, mode: 0o755 });
    await writeFile(target, text, { flag: 'wx', mode: 0o644 });
  }
  return inputs;
}

/** @returns the AppError of a pinned root file system that is not to be had: that is the recipe's input, not our fault */
async function findRootfs(
  tools: RebuildTools,
  recipe: Recipe,
  signal: AbortSignal,
): Promise<Rootfs | AppError> {
  try {
    return await ensureRootfs(recipe.environment, tools.rootfs, signal);
  } catch (error) {
    const isPinned = recipe.environment.rootfs !== undefined;
    if (isPinned && error instanceof AppError && error.code === 'missing-component') return error;
    throw error;
  }
}

async function runRecipe(
  tools: RebuildTools,
  job: JobContext<'rebuild'>,
  rootfs: Rootfs,
  inputs: string,
): Promise<JobReport<'rebuild'>> {
  const { recipe, gateway, canaries = [] } = job.input;
  const place = await tools.lookAround(canaries);
  const handover = join(job.folder, 'handover');
  await mkdir(handover);
  const logFile = join(job.folder, 'build.log');
  const log = openAttemptLog(logFile, job.progress.bind(job));
  const socket =
    gateway === undefined
      ? undefined
      : await openGatewaySocket({ folder: job.folder, gatewayUrl: tools.gatewayUrl, grant: gateway.token });
  const startedOn = instant(tools.now());
  let result: SandboxResult;
  try {
    result = await tools.sandbox.run(
      {
        id: `${job.jobId}-${job.fence}`,
        rootfs,
        inputs,
        steps: recipe.steps,
        variables: recipe.variables,
        limits: recipe.limits,
        ...(socket === undefined ? {} : { gatewaySocket: socket.path }),
        outputs: recipe.outputs,
        canaries,
        handover,
      },
      log.events,
      job.signal,
    );
  } finally {
    await socket?.close();
    await log.end();
  }
  const ran: Ran = {
    sandbox: {
      kind: tools.sandbox.kind,
      runtime: result.runtime.slice(0, 40),
      unlimited: result.unlimited.map((text) => text.slice(0, 100)),
    },
    rootfs: { digest: { sha256: rootfs.sha256 }, packages: [...rootfs.packages] },
    facts: [...result.facts],
    place: { ...place, canaries: [...place.canaries, ...result.canaries] },
    startedOn,
    finishedOn: instant(tools.now()),
    steps: result.steps.map((step) => ({ ...step })),
    ...((await stat(logFile)).size === 0 ? {} : { log: await job.upload(logFile) }),
  };
  if (result.end.kind !== 'done') {
    const explain = recipe.ecosystem === undefined ? undefined : tools.explainerOf(recipe.ecosystem);
    return reportFailure(result.end, recipe, ran, () => explain?.(log.tail()));
  }
  const made = new Set(result.outputs.map(({ path }) => path));
  const missing = recipe.outputs.filter((path) => !made.has(path));
  if (missing.length > 0) return reportMissingOutputs(missing, recipe, ran);
  const outputs: z.infer<typeof Output>[] = [];
  for (const path of recipe.outputs)
    outputs.push({ path, file: basename(path), ...(await job.upload(join(handover, path))) });
  return { outcome: 'built', outputs, ran };
}

/** RFC 3339 in UTC, to the second. */
function instant(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
