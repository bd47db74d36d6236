import { chmod, chown, mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { DataFolder } from './data-folder.ts';
import { embeddedProcessNames } from './processes.ts';
import type { ProcessUsers } from './users.ts';

/** Makes the data folder: others may pass through it where each process is a user of its own, but not list it. */
export async function makeRoot(root: string, separateUsers: boolean): Promise<string> {
  const mode = separateUsers ? 0o711 : 0o700;
  await mkdir(root, { recursive: true, mode });
  const real = await realpath(root);
  await chmod(real, mode);
  return real;
}

/** Makes every folder with the owner that needs it; nobody else can enter, but for the root file systems. */
export async function makeFolders(folder: DataFolder, users: ProcessUsers | undefined): Promise<void> {
  await own(folder.objects, 0o700, users?.api);
  await own(folder.rootfs, 0o755, users?.rebuild);
  await own(folder.keys, 0o700, users?.attest);
  await own(folder.logs, 0o700);
  await own(folder.scratch, users === undefined ? 0o700 : 0o711);
  for (const name of embeddedProcessNames) {
    await own(join(folder.scratch, name), 0o700, users?.[name]);
  }
}

async function own(path: string, mode: number, user?: { uid: number; gid: number }): Promise<void> {
  await mkdir(path, { recursive: true, mode });
  if (user !== undefined) await chown(path, user.uid, user.gid);
  await chmod(path, mode);
}

/** A name for this installation that stays: part of its `builder.id`. */
export async function installationId(root: string): Promise<string> {
  const file = join(root, 'installation-id');
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  if (kept !== undefined && /^[0-9a-f-]{36}$/.test(kept.trim())) return kept.trim();
  const fresh = randomUUID();
  await writeFile(file, `${fresh}\n`, { mode: 0o644 });
  return fresh;
}
