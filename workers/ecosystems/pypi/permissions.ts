import type { SdistFacts, WheelFacts } from './facts.ts';

/** How files came by their modes in the original build. */
export interface Permissions {
  /** Octal digits. */
  readonly umask: '022' | '002' | '027' | '077';
  /** Whether the source's own modes were kept as recorded, rather than cut by the umask. */
  readonly keepModes: boolean;
  readonly notes: readonly string[];
}

const umaskByMode: Readonly<Record<number, Permissions['umask']>> = {
  0o664: '002',
  0o640: '027',
  0o600: '077',
};

/** The umask shows in what the backend wrote itself; whether modes were kept shows in the files that both sides share. */
export function permissionsOf(wheel: WheelFacts, sdist: SdistFacts): Permissions {
  const umask = wheel.madeOnWindows ? '022' : (umaskByMode[wheel.writtenMode ?? 0o644] ?? '022');
  const mask = Number.parseInt(umask, 8);
  const source = new Map(
    sdist.files.flatMap((file) =>
      file.sha256 !== undefined && file.size > 0 ? [[file.sha256, file.mode]] : [],
    ),
  );
  let kept = 0;
  let masked = 0;
  for (const file of wheel.files) {
    const mode = file.sha256 === undefined ? undefined : source.get(file.sha256);
    if (mode === undefined || file.mode === undefined) continue;
    if ((file.mode & 0o777) === (mode & 0o777)) kept += 1;
    if ((file.mode & 0o777) === (mode & 0o777 & ~mask)) masked += 1;
  }
  const keepModes = !wheel.madeOnWindows && kept > masked;
  return {
    umask,
    keepModes,
    notes: [
      ...(umask === '022' ? [] : [`files that the backend wrote have the modes of umask ${umask}`]),
      ...(keepModes ? ["the source's files have their recorded modes in the wheel"] : []),
    ],
  };
}
