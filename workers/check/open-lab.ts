import { createHash } from 'node:crypto';
import { chmod, copyFile, cp, mkdir, open } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { recipeFromFile } from '#core/recipe/from-recipe-file.ts';
import { AppError } from '#core/errors/app-error.ts';
import { changeRecipe } from '#core/vary/apply-change.ts';
import type { BuildOrder, BuildOutcome, Built, Lab } from '#core/vary/lab.ts';
import type { Compared } from '#core/vary/places.ts';
import { type BuildPlan, planBuild } from '#core/vary/setting.ts';
import type { CheckInput, CheckReport } from '#schemas/check.ts';
import type { Recipe, Source } from '#schemas/recipe.ts';
import type { RecipeFile } from '#schemas/recipe-file.ts';
import { inputsOf } from './inputs-of.ts';
import { compareInReader } from '../reader/compare-in-reader.ts';
import type { Rootfs, Sandbox, SandboxEvents } from '../sandbox/sandbox.ts';
import type { CheckRegistry } from './check-registry.ts';
import type { ToolBox } from './vary-tools.ts';

export interface LabOptions {
  /** Names this lab among all that this host runs; a plain word. */
  readonly name: string;
  readonly sandbox: Sandbox;
  readonly rootfs: Rootfs;
  readonly recipe: RecipeFile;
  readonly source: Source;
  /** The file of `source` on this host. */
  readonly sourcePath: string;
  readonly tools: ToolBox;
  /** Where the recipe asks one. */
  readonly registry: CheckRegistry | undefined;
  readonly architecture: Recipe['environment']['architecture'];
  /** A folder of this lab alone, which others can pass through. */
  readonly folder: string;
  readonly buildsMax: number;
  readonly signal: AbortSignal;
  /** What the end of a log says of an input that the registry lacks, in a sentence. */
  readonly explainFailure?: (logTail: string) => string | undefined;
  /** Told of each build that begins. */
  readonly onBuild: (label: string, number: number) => void;
  /** A line of a build's log, bounded and without control sequences. */
  readonly onLine: (text: string) => void;
  readonly now: () => number;
}

/** A lab whose builds ran in a sandbox, with what they cost. */
export interface OpenLab extends Lab {
  readonly builds: number;
  /** How many of them did not end well. */
  readonly failed: number;
  /** What the sandbox is, such as `bubblewrap 0.8.0`; known after the first build. */
  readonly sandboxName: string;
  /** The most that two files differ which were compared; undefined where none were. */
  readonly bytes: Bytes | undefined;
  /** The end of the log of the last build. */
  readonly logTail: readonly string[];
  inputs(): CheckInput[];
}

type Bytes = NonNullable<CheckReport['bytes']>;

/** zip keeps times to two seconds: so far apart two builds begin, where a time is what is looked for. */
const apartMs = 2100;

/** So much is looked at for what a registry's client says, and so much of it is told. */
const tailLinesMax = 200;
const toldLinesMax = 40;
const bytesInOrder: readonly Bytes[] = ['identical', 'equivalent', 'different'];

/** Builds in `options.sandbox`, compares in readers; makes at most `buildsMax` builds. */
export function openLab(options: LabOptions): OpenLab {
  let builds = 0;
  let runtime = '';
  let bytes: Bytes | undefined;
  let logTail: readonly string[] = [];
  const compared = new Map<string, Compared['comparison']>();
  /** Builds that ended well, with what they were made for. */
  const ended = new Map<number, string>();

  async function build(order: BuildOrder): Promise<BuildOutcome> {
    if (builds >= options.buildsMax) return { kind: 'spent' };
    if (order.after !== undefined) {
      const wait = order.after.span.fromSeconds * 1000 + apartMs - options.now();
      if (wait > 0) await delay(wait, undefined, { signal: options.signal }).catch(() => undefined);
    }
    builds += 1;
    options.onBuild(order.label, builds);
    const file = (order.changes ?? []).reduce(changeRecipe, options.recipe);
    const recipe = recipeFromFile(file, options.source, options.architecture, order.setting.sourceFolder);
    const folder = join(options.folder, String(builds));
    const from = options.now();
    const result = await run(folder, planBuild(recipe, order.setting), recipe, order);
    const span = { fromSeconds: Math.floor(from / 1000), toSeconds: Math.ceil(options.now() / 1000) };
    runtime = result.runtime;
    const { end } = result;
    logTail = result.tail.filter((line) => line.trim() !== '').slice(-toldLinesMax);
    await options.registry?.assertAnswered(builds);
    if (end.kind === 'limit') return { kind: 'failed', own: false, detail: end.detail };
    if (end.kind === 'failed') {
      const own = recipe.steps.some(({ name, phase }) => name === end.step && phase === 'build');
      const [lastLine] = result.tail.slice(-1);
      const why = options.explainFailure?.(result.tail.join('\n')) ?? lastLine;
      const detail = `Step ${end.step} ended with exit code ${end.exitCode ?? 'none'}`;
      return { kind: 'failed', own, detail: why === undefined ? detail : `${detail}: ${why}` };
    }
    const outputs = [];
    for (const [index, path] of recipe.outputs.entries()) {
      const made = result.outputs.find((output) => output.path === path);
      const name = options.recipe.outputs[index] ?? path;
      if (made === undefined)
        return { kind: 'failed', own: true, detail: `The build ended well but did not make ${name}.` };
      outputs.push({ path: name, size: made.size, sha256: await digestFile(outputPath(folder, path)) });
    }
    ended.set(builds, order.label);
    return { kind: 'built', folder: join(folder, 'handover', order.setting.sourceFolder), outputs, span };
  }

  async function run(folder: string, plan: BuildPlan, recipe: Recipe, { setting }: BuildOrder) {
    const [inputs, handover] = [join(folder, 'inputs'), join(folder, 'handover')];
    await mkdir(folder, { mode: 0o711 });
    for (const path of [inputs, handover]) await mkdir(path);
    await chmod(folder, 0o711);
    await chmod(inputs, 0o755);
    await copyFile(options.sourcePath, join(inputs, options.source.file));
    await chmod(join(inputs, options.source.file), 0o644);
    if (setting.brings.length > 0) await cp(options.tools.folder, inputs, { recursive: true });
    const tail: string[] = [];
    const events: SandboxEvents = {
      stepStarted() {},
      stepEnded() {},
      line(_, text) {
        tail.push(text);
        if (tail.length > tailLinesMax) tail.shift();
        options.onLine(text);
      },
    };
    const session = await options.registry?.begin(builds, folder, recipe.limits.timeSeconds);
    const spec = {
      id: `${options.name}-${builds}`,
      rootfs: options.rootfs,
      inputs,
      ...plan,
      machine: setting.machine,
      limits: recipe.limits,
      ...(session === undefined ? {} : { gatewaySocket: session.socketPath }),
      handover,
    };
    const running = options.sandbox.run(spec, events, options.signal);
    const result = await running.finally(() => session?.close());
    return { ...result, tail };
  }

  async function compare(a: Built, b: Built): Promise<Compared[]> {
    const differing: Compared[] = [];
    for (const [index, one] of a.outputs.entries()) {
      const other = b.outputs[index];
      if (other === undefined) continue;
      bytes ??= 'identical';
      if (one.sha256 === other.sha256) continue;
      const key = `${one.sha256} ${other.sha256}`;
      const known = compared.get(key);
      const paths = [join(a.folder, one.path), join(b.folder, other.path)] as const;
      const comparison =
        known ?? (await compareInReader(...paths, {}, { signal: options.signal })).comparison;
      compared.set(key, comparison);
      bytes = worstOf(bytes, comparison.result);
      differing.push({ output: one.path, comparison });
    }
    return differing;
  }

  return {
    tools: options.tools.inside,
    cpus: availableParallelism(),
    build,
    compare,
    get builds() {
      return builds;
    },
    get failed() {
      return builds - ended.size;
    },
    get sandboxName() {
      return `${options.sandbox.kind}: ${runtime}`;
    },
    get bytes() {
      return bytes;
    },
    get logTail() {
      return logTail;
    },
    inputs: () => inputsOf(options.registry?.inputs() ?? [], ended),
  };
}

/** The one of two that differs more. */
export function worstOf(one: Bytes, other: Bytes): Bytes {
  return bytesInOrder.indexOf(one) < bytesInOrder.indexOf(other) ? other : one;
}

function outputPath(folder: string, path: string): string {
  return join(folder, 'handover', path);
}

/** @throws AppError `internal`: the sandbox said that it handed the file over */
async function digestFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new AppError('internal', 'An output that was handed over cannot be opened', { cause });
  });
  try {
    for await (const chunk of file.createReadStream({ autoClose: false })) hash.update(chunk as Buffer);
    return hash.digest('hex');
  } finally {
    await file.close();
  }
}
