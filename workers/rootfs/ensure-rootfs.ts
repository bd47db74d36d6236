import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { z } from '@hono/zod-openapi';
import { AppError } from '#core/errors/app-error.ts';
import { Sha256 } from '#schemas/digest.ts';
import { RootfsPackage } from '#schemas/jobs.ts';
import { Environment } from '#schemas/recipe.ts';
import type { Rootfs } from '../sandbox/sandbox.ts';
import { environmentKey, type DebianEnvironment } from './environment-key.ts';
import { withFileLock } from './file-lock.ts';
import { arePackagesKept, keepPackages, makeLocalSource } from './kept-packages.ts';
import { readHostSources } from './mirrors.ts';
import { runMmdebstrap } from './run-mmdebstrap.ts';
import { checkTree, recordTree, type TreeState } from './tree-list.ts';

export interface RootfsCache {
  /** `<key>.json` what was asked → digest; `<digest>.json` its packages; `<digest>/{tree,tree.list,rootfs.tar}`; `packages/<sha256>.deb`. */
  readonly folder: string;
  /** Digests whose trees this process has found to be as recorded: from then on a change means that somebody writes here. */
  readonly checked?: Set<string>;
  /** A Debian mirror to use instead of this host's own sources. */
  readonly mirror?: string;
}

/** What is remembered of a root file system, also after its tree was removed: enough to make it again. */
const Manifest = z.strictObject({
  sha256: Sha256,
  environment: Environment,
  packages: z.array(RootfsPackage),
});
type Manifest = z.infer<typeof Manifest>;

const execute = promisify(execFile);

/**
 * The root file system of `environment`: from the cache, else made again from kept packages with no network, else
 * made from the mirror. Concurrent callers, of any process, make it once. A tree that is not as it was unpacked is never
 * used: it is unpacked again from the tar, if that has its digest, and `tree` of what is returned says so.
 * @throws AppError `missing-component` where a pinned one cannot be had, or mmdebstrap is not there; `unavailable`
 */
export async function ensureRootfs(
  environment: DebianEnvironment,
  cache: RootfsCache,
  signal?: AbortSignal,
): Promise<Rootfs> {
  await mkdir(cache.folder, { recursive: true });
  const found = await findCached(environment, cache);
  if (found !== undefined && 'rootfs' in found) return found.rootfs;
  return withFileLock(join(cache.folder, 'lock'), async () => {
    const meanwhile = await findCached(environment, cache);
    if (meanwhile !== undefined && 'rootfs' in meanwhile) return meanwhile.rootfs;
    // Under the lock nobody else makes one: what lies here was left by a maker that was killed.
    for (const entry of await readdir(cache.folder))
      if (entry.startsWith('making-')) await removeTree(join(cache.folder, entry));
    if (meanwhile === undefined) return makeRootfs(environment, cache, signal);
    return restoreTree(meanwhile, cache, () => makeRootfs(environment, cache, signal));
  });
}

async function readManifest(cache: RootfsCache, name: string): Promise<Manifest | undefined> {
  const text = await readFile(join(cache.folder, `${name}.json`), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Manifest.parse(JSON.parse(text));
}

/** What is known of `environment`: the pinned one's manifest, or the one that was made when it was asked for. */
function findManifest(environment: DebianEnvironment, cache: RootfsCache): Promise<Manifest | undefined> {
  return readManifest(cache, environment.rootfs?.sha256 ?? `key-${environmentKey(environment)}`);
}

/** Of the cache, a root file system whose tree is no longer as it was unpacked. */
interface ChangedRootfs {
  readonly manifest: Manifest;
  /** What was seen first. */
  readonly changed: string;
}

async function findCached(
  environment: DebianEnvironment,
  cache: RootfsCache,
): Promise<{ readonly rootfs: Rootfs } | ChangedRootfs | undefined> {
  const manifest = await findManifest(environment, cache);
  if (manifest === undefined) return undefined;
  const paths = pathsOf(manifest, cache);
  const isThere = await Promise.all([access(paths.folder), access(paths.tar)]).then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  const state = await checkTree(paths.folder, paths.list);
  if ('changed' in state) return { manifest, changed: state.changed };
  return { rootfs: rootfsOf(manifest, cache, state) };
}

function pathsOf({ sha256 }: Manifest, cache: RootfsCache) {
  const folder = join(cache.folder, sha256);
  return { folder: join(folder, 'tree'), tar: join(folder, 'rootfs.tar'), list: join(folder, 'tree.list') };
}

function rootfsOf(manifest: Manifest, cache: RootfsCache, { entries }: { entries: number }): Rootfs {
  const { sha256, packages } = manifest;
  const { folder, tar } = pathsOf(manifest, cache);
  cache.checked?.add(sha256);
  const evidence = `the tree of the root file system sha256:${sha256} is as it was unpacked: ${entries} entries, by path, type, mode, owner, size, times and inode`;
  return { sha256, folder, tar, packages, tree: { unchanged: true, evidence } };
}

/**
 * Unpacks a changed tree again. The changed one is set aside, not removed: another attempt may still run in it.
 * Makes the whole anew where the tar has not its digest.
 */
async function restoreTree(
  { manifest, changed }: ChangedRootfs,
  cache: RootfsCache,
  makeAnew: () => Promise<Rootfs>,
): Promise<Rootfs> {
  const { sha256 } = manifest;
  const known = cache.checked?.has(sha256) === true;
  const { folder, tar, list } = pathsOf(manifest, cache);
  const setAside = await mkdtemp(join(cache.folder, 'aside-'));
  let restored: Rootfs;
  if ((await digestFile(tar)) === sha256) {
    const making = await mkdtemp(join(cache.folder, 'making-'));
    try {
      await mkdir(join(making, 'tree'));
      await unpack(tar, join(making, 'tree'));
      await rename(folder, join(setAside, 'tree'));
      await rename(join(making, 'tree'), folder);
      await recordTree(folder, list);
    } finally {
      await removeTree(making);
    }
    restored = rootfsOf(manifest, cache, wholeOrThrow(await checkTree(folder, list)));
  } else {
    await rename(dirname(folder), join(setAside, 'all'));
    restored = await makeAnew();
  }
  const seen = known
    ? 'had been changed since this worker last used it, so somebody writes to the cache'
    : 'was not as recorded when this worker first used it';
  const evidence = `the tree of the root file system sha256:${sha256} ${seen} (${changed}); the build ran in one made again, whose tar has that digest`;
  return { ...restored, tree: { unchanged: !known, evidence } };
}

function wholeOrThrow(state: TreeState): { entries: number } {
  if ('entries' in state) return state;
  throw new AppError('unavailable', `The root file system changes while it is unpacked: ${state.changed}`);
}

/** Removes trees that were set aside; for the start of a worker, when no attempt of its own runs in one. */
export async function removeSetAside(cache: RootfsCache): Promise<void> {
  for (const entry of await readdir(cache.folder).catch(() => []))
    if (entry.startsWith('aside-')) await removeTree(join(cache.folder, entry));
}

async function makeRootfs(
  environment: DebianEnvironment,
  cache: RootfsCache,
  signal: AbortSignal | undefined,
): Promise<Rootfs> {
  const known = await findManifest(environment, cache);
  const kept = join(cache.folder, 'packages');
  const again = known !== undefined && (await arePackagesKept(known.packages, kept)) ? known : undefined;
  if (environment.rootfs !== undefined && again === undefined)
    throw new AppError(
      'missing-component',
      `The root file system sha256:${environment.rootfs.sha256} is not here, nor are the packages to make it again`,
      { hint: 'Copy its packages into the cache of root file systems, or leave the recipe unpinned.' },
    );
  const making = await mkdtemp(join(cache.folder, 'making-'));
  try {
    await chmod(making, 0o755);
    const scratch = join(making, 'tmp');
    const debs = join(making, 'debs');
    const tar = join(making, 'result', 'rootfs.tar');
    for (const folder of [scratch, debs, join(making, 'result', 'tree')])
      await mkdir(folder, { recursive: true });
    await chmod(scratch, 0o1777);
    const asked = again?.environment ?? environment;
    const sources =
      again === undefined
        ? cache.mirror === undefined
          ? await readHostSources(asked.suite)
          : [`deb ${cache.mirror} ${asked.suite} main`]
        : [await makeLocalSource(again.packages, kept, join(making, 'source'), asked.suite)];
    await runMmdebstrap({
      environment: asked,
      sources,
      tar,
      debs,
      scratch,
      ...(signal === undefined ? {} : { signal }),
    });
    const packages = await keepPackages(join(debs, 'archives'), kept);
    const sha256 = await digestFile(tar);
    if (again !== undefined && again.sha256 !== sha256)
      throw new AppError(
        'missing-component',
        `The root file system sha256:${again.sha256} came out as sha256:${sha256} when it was made again`,
        {
          hint: 'Another version of mmdebstrap or dpkg made it; remove it from the cache to make a new one.',
        },
      );
    await unpack(tar, join(making, 'result', 'tree'));
    await recordTree(join(making, 'result', 'tree'), join(making, 'result', 'tree.list'));
    const manifest: Manifest = { sha256, environment: asked, packages: again?.packages ?? packages };
    await rm(join(cache.folder, sha256), { recursive: true, force: true });
    await rename(join(making, 'result'), join(cache.folder, sha256));
    await writeManifest(cache, sha256, manifest);
    if (environment.rootfs === undefined)
      await writeManifest(cache, `key-${environmentKey(environment)}`, manifest);
    const { folder, list } = pathsOf(manifest, cache);
    return rootfsOf(manifest, cache, wholeOrThrow(await checkTree(folder, list)));
  } finally {
    await removeTree(making);
  }
}

async function writeManifest(cache: RootfsCache, name: string, manifest: Manifest): Promise<void> {
  const partial = join(cache.folder, `${name}.partial`);
  await writeFile(partial, `${JSON.stringify(manifest)}\n`);
  await rename(partial, join(cache.folder, `${name}.json`));
}

async function digestFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Unpacks for reading only: no device nodes, and no set-user-id bit that somebody on this host could use. */
async function unpack(tar: string, tree: string): Promise<void> {
  await execute('tar', ['-C', tree, '--numeric-owner', '-xpf', tar, '--exclude=./dev/*']);
  await execute('find', [
    tree,
    '-xdev',
    '-type',
    'f',
    '-perm',
    '/6000',
    '-exec',
    'chmod',
    'a-s',
    '--',
    '{}',
    '+',
  ]);
  await chmod(tree, 0o755);
}

/** Also what mmdebstrap left under other ids of this user's range. */
async function removeTree(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch(() =>
    execute('unshare', ['--map-root-user', '--map-auto', 'rm', '-rf', '--', folder]),
  );
}
