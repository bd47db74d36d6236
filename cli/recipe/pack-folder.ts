import { open, lstat, readdir, readlink, type FileHandle } from 'node:fs/promises';
import { join, matchesGlob } from 'node:path';
import { AppError } from '#core/errors/app-error.ts';
import { padding, tarEnd, tarHeader, type TarMember } from './tar-header.ts';

const membersMax = 200_000;

/**
 * Packs a folder into a tar whose bytes depend only on what is in it: names sorted by code unit, owner 0:0, permission
 * bits 0755 or 0644, times kept to the second. Links stay links and are never followed; `exclude` are globs on the path
 * below the folder (a folder that matches is left out with all that is in it).
 * @throws AppError `invalid-recipe` for what is neither a file, a folder nor a link, or changes while it is read
 */
export async function packFolder(
  folder: string,
  exclude: readonly string[],
  output: FileHandle,
): Promise<void> {
  for (const path of await listFolder(folder, exclude)) {
    await packMember(folder, path, output);
  }
  await output.write(tarEnd);
}

async function listFolder(folder: string, exclude: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  const visit = async (below: string): Promise<void> => {
    const entries = await readdir(join(folder, below), { withFileTypes: true });
    for (const entry of entries) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (exclude.some((glob) => matchesGlob(path, glob.replace(/\/+$/, '')))) continue;
      if (found.push(path) > membersMax) {
        throw new AppError('too-large', `the source folder holds more than ${membersMax} entries`, {
          hint: 'leave out what the build does not need with source.exclude',
        });
      }
      if (entry.isDirectory()) await visit(path);
    }
  };
  await visit('');
  return found.toSorted((a, b) => (a < b ? -1 : Number(a > b)));
}

async function packMember(folder: string, path: string, output: FileHandle): Promise<void> {
  const full = join(folder, path);
  const found = await lstat(full);
  const mtimeSeconds = Math.floor(found.mtimeMs / 1000);
  if (found.isSymbolicLink()) {
    const target = await readlink(full);
    await output.write(tarHeader({ path, type: 'link', mode: 0o777, mtimeSeconds, sizeBytes: 0, target }));
  } else if (found.isDirectory()) {
    await output.write(tarHeader({ path, type: 'folder', mode: 0o755, mtimeSeconds, sizeBytes: 0 }));
  } else if (found.isFile()) {
    const mode = found.mode & 0o100 ? 0o755 : 0o644;
    await packFile(full, { path, type: 'file', mode, mtimeSeconds, sizeBytes: found.size }, output);
  } else {
    throw new AppError('invalid-recipe', 'the source folder holds a socket, device or pipe', {
      hint: `leave it out with source.exclude: ${path}`,
    });
  }
}

async function packFile(full: string, member: TarMember, output: FileHandle): Promise<void> {
  await output.write(tarHeader(member));
  const file = await open(full);
  let written = 0;
  try {
    for await (const chunk of file.createReadStream({ autoClose: false })) {
      written += (chunk as Buffer).length;
      if (written > member.sizeBytes) break;
      await output.write(chunk as Buffer);
    }
  } finally {
    await file.close();
  }
  if (written !== member.sizeBytes) {
    throw new AppError('invalid-recipe', 'a file of the source changed while it was packed', {
      hint: `pack it again when nothing writes to ${member.path}`,
    });
  }
  await output.write(padding(member.sizeBytes));
}
