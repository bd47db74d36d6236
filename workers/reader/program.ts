import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, statSync, type Stats } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The code that a reader runs, which is all that it can see of this host's files besides node and its libraries. */
export interface ReaderProgram {
  readonly folder: string;
  /** Files and folders below `folder` that the reader may read. */
  readonly parts: readonly string[];
  /** Below `folder`. */
  readonly main: string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** As it stands in the checkout: some hundred modules. */
export const sources: ReaderProgram = {
  folder: root,
  parts: ['package.json', 'core', 'schemas', 'workers/reader'],
  main: 'workers/reader/main.ts',
};

/** node_modules belongs to whoever owns the code itself. */
const cacheFolder = fileURLToPath(new URL('../../node_modules/.cache/assay-reader', import.meta.url));
/** A whole one, or what was left of one by a process that was killed while it made it. */
const bundleName = /^(?:reader-[0-9a-f]{16}\.mjs|making-\w{6})$/;

/** Of an older version, which a process that was started before may still run. */
const keptMs = 24 * 3600 * 1000;

const bundler = fileURLToPath(new URL('bundle.ts', import.meta.url));
const makingMs = 60_000;
const execute = promisify(execFile);

let known: Promise<ReaderProgram> | undefined;

/**
 * The reader's code as one file, which starts in a third of the time that its modules take. It is made from them once for
 * each version of the code; where that cannot be, as for a user who may not write to node_modules, it is the modules.
 */
export async function readerProgram(): Promise<ReaderProgram> {
  const program = await (known ??= findOrMake(cacheFolder).catch(() => sources));
  if (existsSync(join(program.folder, program.main))) return program;
  known = undefined;
  return readerProgram();
}

/** `folder` holds one file for each version; those of other versions are removed a day after they were made. */
export async function findOrMake(folder: string): Promise<ReaderProgram> {
  const name = `reader-${versionOf(sources)}.mjs`;
  const program = { folder, parts: [name], main: name };
  const found = lstatSync(join(folder, name), { throwIfNoEntry: false });
  if (found !== undefined) return isOurs(found) ? program : sources;
  await mkdir(folder, { recursive: true });
  const making = await mkdtemp(join(folder, 'making-'));
  try {
    const made = join(making, name);
    await execute(process.execPath, ['--no-warnings', bundler, made], { env: {}, timeout: makingMs });
    // Other users run readers, too.
    await chmod(made, 0o644);
    await rename(made, join(folder, name));
    await removeOld(folder);
    return program;
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

async function removeOld(folder: string): Promise<void> {
  const oldest = Date.now() - keptMs;
  for (const name of await readdir(folder)) {
    if (!bundleName.test(name)) continue;
    const state = await stat(join(folder, name)).catch(() => undefined);
    if (state !== undefined && state.mtimeMs < oldest)
      await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** Changes with each file of the code. */
function versionOf({ folder, parts }: ReaderProgram): string {
  const hash = createHash('sha256');
  const visit = (path: string): void => {
    const state = statSync(join(folder, path));
    if (state.isDirectory())
      for (const name of readdirSync(join(folder, path)).sort()) visit(join(path, name));
    else hash.update(`${path} ${state.size} ${state.mtimeMs}\n`);
  };
  for (const part of parts) visit(part);
  return hash.digest('hex').slice(0, 16);
}

/** Whether nobody could have put it there but who could change our code as well. */
function isOurs(state: Stats): boolean {
  const owners = [0, process.geteuid?.(), statSync(join(root, 'core')).uid];
  return state.isFile() && owners.includes(state.uid) && (state.mode & 0o022) === 0;
}
