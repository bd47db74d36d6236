import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { code, confine, defaultReaderLimits, root, type Tools } from './confinement.ts';

/** Beside what Node keeps of our other code: node_modules belongs to whoever owns the code itself. */
const cacheFolder = fileURLToPath(new URL('../../node_modules/.cache/assay', import.meta.url));
const cacheName = /^reader-[0-9a-f]{16}$/;
const fillTimeMs = 30_000;

let known: Promise<string | undefined> | undefined;

/**
 * The folder with the compiled code of the reader, which then starts in a third of the time. It is filled once for each
 * version of the code and of Node, by a reader that is given no file to read; to all others it is read-only, so that no
 * artifact can leave anything in it. Undefined where there can be none: the reader then compiles its code itself.
 */
export function readerCodeCache(tools: Tools): Promise<string | undefined> {
  if (tools.bwrap === undefined) return Promise.resolve(undefined);
  known ??= findOrFill(tools, cacheFolder).catch(() => undefined);
  return known;
}

/** `folder` holds a cache for each version; those of other versions are removed when one is made. */
export async function findOrFill(tools: Tools, folder: string): Promise<string | undefined> {
  const cache = join(folder, `reader-${versionOf(root)}`);
  if (existsSync(cache)) return isOurs(cache) ? cache : undefined;
  await mkdir(folder, { recursive: true });
  const filling = await mkdtemp(join(folder, 'filling-'));
  try {
    await fill(tools, filling);
    // Other users run readers, too.
    await chmod(filling, 0o755);
    const others = (await readdir(folder)).filter((name) => cacheName.test(name));
    await rename(filling, cache);
    await Promise.all(others.map((name) => rm(join(folder, name), { recursive: true, force: true })));
    return cache;
  } finally {
    await rm(filling, { recursive: true, force: true });
  }
}

/** Changes with each file of the reader's code, and with Node. */
function versionOf(folder: string): string {
  const hash = createHash('sha256').update(`${process.version} ${process.arch}\n`);
  const visit = (path: string): void => {
    const state = statSync(path);
    if (state.isDirectory()) for (const name of readdirSync(path).sort()) visit(join(path, name));
    else hash.update(`${path} ${state.size} ${state.mtimeMs}\n`);
  };
  for (const part of code) visit(join(folder, part));
  return hash.digest('hex').slice(0, 16);
}

/** Whether nobody could have put it there but who could change our code as well. */
function isOurs(cache: string): boolean {
  const { uid, mode } = lstatSync(cache);
  const owners = [0, process.geteuid?.(), statSync(join(root, 'core')).uid];
  return lstatSync(cache).isDirectory() && owners.includes(uid) && (mode & 0o022) === 0;
}

async function fill(tools: Tools, folder: string): Promise<void> {
  const { command, args } = confine(tools, defaultReaderLimits, '{"operation":"load"}', {
    folder,
    writable: true,
  });
  const child = spawn(command, args, { cwd: '/', env: {}, stdio: 'ignore', timeout: fillTimeMs });
  const [exitCode] = (await once(child, 'close')) as [number | null];
  if (exitCode !== 0) throw new Error(`the reader's code cannot be compiled: ${exitCode}`);
}
