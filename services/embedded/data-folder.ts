import { isAbsolute, join } from 'node:path';

/** Where the embedded service keeps what must outlive it. Everything below is made with the owner it needs. */
export interface DataFolder {
  readonly root: string;
  readonly postgres: string;
  readonly objects: string;
  readonly rootfs: string;
  readonly keys: string;
  readonly logs: string;
  /** What a running service tells other launchers of the same user: URL, token, process id. Mode 0600. */
  readonly stateFile: string;
  /** Scratch of the processes, one folder each. */
  readonly scratch: string;
}

/**
 * `$XDG_DATA_HOME/assay`, by default `~/.local/share/assay`; for root `/var/lib/assay`, because other users cannot enter
 * root's home (docs/decisions/0004-embedded-users.md). A relative XDG_DATA_HOME is ignored, as the XDG specification asks.
 */
export function dataFolderPath(
  environment: Readonly<Record<string, string | undefined>>,
  user: { uid: number; home: string },
): string {
  const chosen = environment['XDG_DATA_HOME'];
  if (chosen !== undefined && isAbsolute(chosen)) return join(chosen, 'assay');
  return user.uid === 0 ? '/var/lib/assay' : join(user.home, '.local', 'share', 'assay');
}

/** `scratch` may lie elsewhere: paths in it are given to a container engine and must be the host's own. */
export function dataFolder(root: string, scratch: string = join(root, 'work')): DataFolder {
  return {
    root,
    postgres: join(root, 'postgres'),
    objects: join(root, 'objects'),
    rootfs: join(root, 'rootfs'),
    keys: join(root, 'keys'),
    logs: join(root, 'logs'),
    stateFile: join(root, 'service.json'),
    scratch,
  };
}
