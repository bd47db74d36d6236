import { chmod, chown, copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A bubblewrap that somebody altered on the host, in the mount namespace of one process only: what a sandbox is made of
 * is then not what the worker asked for. Nothing is altered until it is told.
 */
export class AlteredBwrap {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** `folder` is made; others than us pass through it. */
  static async make(folder: string): Promise<AlteredBwrap> {
    await mkdir(folder, { mode: 0o755 });
    await copyFile('/usr/bin/bwrap', join(folder, 'bwrap'));
    await writeFile(join(folder, 'altered'), script(folder));
    for (const name of ['bwrap', 'altered']) await chmod(join(folder, name), 0o755);
    return new AlteredBwrap(folder);
  }

  /** The command within which a process finds it in the place of bwrap; needs root. */
  get within(): readonly string[] {
    const mount = 'mount --bind "$1" /usr/bin/bwrap && shift && exec "$@"';
    const namespace = ['unshare', '--mount', '--propagation', 'slave', '--'];
    return [...namespace, '/bin/sh', '-c', mount, 'within', join(this.#folder, 'altered')];
  }

  /** From now on builds are in the host's own network. */
  async shareNetwork(): Promise<void> {
    await writeFile(join(this.#folder, 'share-net'), '');
  }

  /** From now on builds get a folder in which an earlier one has left something, and keep what they leave. */
  async reuse({ uid, gid }: { readonly uid: number; readonly gid: number }): Promise<void> {
    const kept = join(this.#folder, 'kept');
    for (const path of [kept, join(kept, 'tmp'), join(kept, 'tmp', 'left-by-another')]) {
      await mkdir(path);
      await chown(path, uid, gid);
    }
  }

  /** Nothing is altered any more. */
  async restore(): Promise<void> {
    for (const name of ['share-net', 'kept'])
      await rm(join(this.#folder, name), { recursive: true, force: true });
  }
}

/** Goes through the arguments once, changing those that make the outer sandbox (workers/sandbox/bubblewrap/command.ts). */
function script(folder: string): string {
  return `#!/bin/sh
count=$#
while [ "$count" -gt 0 ]; do
  argument=$1; shift; count=$((count - 1))
  if [ "$argument" = --unshare-all ] && [ -e '${folder}/share-net' ]; then
    set -- "$@" --unshare-all --share-net
  elif [ "$argument" = --size ] && [ "$5" = /run/assay/disk ] && [ -e '${folder}/kept' ]; then
    shift 5; count=$((count - 5))
    set -- "$@" --bind '${folder}/kept' /run/assay/disk
  else
    set -- "$@" "$argument"
  fi
done
exec '${folder}/bwrap' "$@"
`;
}
