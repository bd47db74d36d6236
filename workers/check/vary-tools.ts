import { access, chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultLimits } from '#schemas/recipe.ts';
import type { VaryTool } from '#core/vary/setting.ts';
import type { VaryTools } from '#core/vary/variation.ts';
import { AppError } from '#core/errors/app-error.ts';
import type { DebianEnvironment } from '../rootfs/environment-key.ts';
import { ensureRootfs, type RootfsCache } from '../rootfs/ensure-rootfs.ts';
import { withFileLock } from '../rootfs/file-lock.ts';
import { inputsFolder } from '../sandbox/layout.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';

/** Below the folder of inputs. */
const folderInside = 'assay-vary';
const library = 'libfaketimeMT.so.1';
const locale = 'tr_TR.UTF-8';

/** What localedef(1) makes of a locale. */
const categories =
  'ADDRESS COLLATE CTYPE IDENTIFICATION MEASUREMENT MONETARY NAME NUMERIC PAPER TELEPHONE TIME MESSAGES/SYS_LC_MESSAGES'
    .split(' ')
    .map((category) => `LC_${category}`);
const files: Readonly<Record<VaryTool, readonly string[]>> = {
  faketime: [library],
  locales: categories.map((category) => `locales/${locale}/${category}`),
};

/** Tools that variations put among the inputs of a build, made of Debian's packages apart from the recipe's environment. */
export interface ToolBox {
  /** By their paths inside of the sandbox. */
  readonly inside: VaryTools;
  /** On this host, to be copied to the inputs; its files are below `assay-vary`. */
  readonly folder: string;
  /** Why a tool is not there. */
  readonly lacking?: string;
}

const make = `
umask 022; mkdir -p out/locales
cp /usr/lib/*/faketime/${library} out/
localedef --no-archive --force --inputfile=tr_TR --charmap=UTF-8 out/locales/${locale}
`;

/**
 * The tools, from the cache or made now: in a sandbox, as everything that runs. Where the packages cannot be had there
 * are none, which is told and not thrown.
 */
export async function ensureVaryTools(
  architecture: DebianEnvironment['architecture'],
  cache: RootfsCache,
  sandbox: Sandbox,
  signal: AbortSignal,
): Promise<ToolBox> {
  const environment: DebianEnvironment = {
    kind: 'debian',
    suite: 'bookworm',
    architecture,
    packages: ['libfaketime', 'locales'],
  };
  try {
    const rootfs = await ensureRootfs(environment, cache, signal);
    const kept = join(cache.folder, `vary-tools-${rootfs.sha256}`);
    const isKept = (): Promise<boolean> =>
      access(kept).then(
        () => true,
        () => false,
      );
    if (!(await isKept())) {
      await withFileLock(join(cache.folder, 'lock'), async () => {
        if (await isKept()) return;
        // What a maker that was killed leaves under this prefix is removed by the next one of a root file system.
        const making = await mkdtemp(join(cache.folder, 'making-'));
        try {
          await makeTools(join(making, 'made'), making, rootfs, sandbox, signal);
          await rename(join(making, 'made'), kept);
        } finally {
          await rm(making, { recursive: true, force: true });
        }
      });
    }
    const path = `${inputsFolder}/${folderInside}`;
    return { inside: { faketime: `${path}/${library}`, locales: `${path}/locales` }, folder: kept };
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'interrupted') throw error;
    return { inside: {}, folder: '', lacking: error.message };
  }
}

async function makeTools(
  target: string,
  folder: string,
  rootfs: Awaited<ReturnType<typeof ensureRootfs>>,
  sandbox: Sandbox,
  signal: AbortSignal,
): Promise<void> {
  await chmod(folder, 0o711);
  const [inputs, handover] = [join(folder, 'inputs'), join(folder, 'handover')];
  for (const path of [inputs, handover]) await mkdir(path);
  const { end, outputs } = await sandbox.run(
    {
      id: `vary-tools-${process.pid}`,
      rootfs,
      inputs,
      steps: [{ name: 'make', phase: 'prepare', run: ['/bin/sh', '-e', '-c', make] }],
      variables: {},
      limits: { ...defaultLimits, timeSeconds: 300 },
      outputs: Object.values(files).flatMap((paths) => paths.map((path) => `out/${path}`)),
      handover,
    },
    { stepStarted() {}, stepEnded() {}, line() {} },
    signal,
  );
  if (end.kind !== 'done' || outputs.length !== Object.values(files).flat().length)
    throw new AppError('unavailable', 'The tools of variations could not be made of their packages');
  await mkdir(target, { recursive: true });
  await rename(join(handover, 'out'), join(target, folderInside));
  await openToAll(target);
}

/** The sandbox's user reads them. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else await chmod(path, 0o644);
  }
}
