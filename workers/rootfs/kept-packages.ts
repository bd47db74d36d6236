import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, copyFile, link, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RootfsPackage } from '#schemas/jobs.ts';

/** Name, version and architecture as apt writes them into the name of a .deb; a colon of the version is %3a. */
export function parseDebName(
  file: string,
): { name: string; version: string; architecture: string } | undefined {
  const [, name, version, architecture] =
    /^([a-z0-9][a-z0-9+.-]+)_([^_/]+)_([a-z0-9]+)\.deb$/.exec(file) ?? [];
  if (name === undefined || version === undefined || architecture === undefined) return undefined;
  return { name, version: version.replaceAll(/%3a/gi, ':'), architecture };
}

/** Moves the .deb files of `from` into `folder` under their digests. */
export async function keepPackages(from: string, folder: string): Promise<RootfsPackage[]> {
  await mkdir(folder, { recursive: true });
  const packages: RootfsPackage[] = [];
  for (const file of (await readdir(from)).sort()) {
    const named = parseDebName(file);
    if (named === undefined) continue;
    const bytes = await readFile(join(from, file));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const partial = join(folder, `${sha256}.partial`);
    await writeFile(partial, bytes);
    await rename(partial, join(folder, `${sha256}.deb`));
    packages.push({ ...named, sha256 });
  }
  return packages;
}

/** Whether every one of `packages` is kept in `folder`. */
export async function arePackagesKept(packages: readonly RootfsPackage[], folder: string): Promise<boolean> {
  const checks = packages.map(({ sha256 }) => access(join(folder, `${sha256}.deb`), constants.R_OK));
  return (await Promise.allSettled(checks)).every(({ status }) => status === 'fulfilled');
}

/**
 * Makes a package source at `target` of kept packages alone, whose digests are checked again.
 * @returns its line of sources.list
 */
export async function makeLocalSource(
  packages: readonly RootfsPackage[],
  folder: string,
  target: string,
  suite: string,
): Promise<string> {
  await mkdir(target, { recursive: true });
  const stanzas: string[] = [];
  for (const { sha256, name, version } of packages) {
    const file = `${sha256}.deb`;
    const bytes = await readFile(join(folder, file));
    const found = createHash('sha256').update(bytes).digest('hex');
    if (found !== sha256)
      throw new Error(`the kept package ${name} ${version} was changed: it is now sha256:${found}`);
    await link(join(folder, file), join(target, file)).catch(() =>
      copyFile(join(folder, file), join(target, file)),
    );
    const control = await promisify(execFile)('dpkg-deb', ['-f', join(target, file)]);
    stanzas.push(`${control.stdout.trim()}\nFilename: ./${file}\nSize: ${bytes.length}\nSHA256: ${sha256}\n`);
  }
  const index = stanzas.join('\n');
  await writeFile(join(target, 'Packages'), index);
  const digest = createHash('sha256').update(index).digest('hex');
  await writeFile(
    join(target, 'Release'),
    `Origin: Debian\nSuite: ${suite}\nCodename: ${suite}\nDate: Thu, 01 Jan 1970 00:00:00 UTC\nSHA256:\n ${digest} ${Buffer.byteLength(index)} Packages\n`,
  );
  return `deb [trusted=yes] copy:${target} ./`;
}
