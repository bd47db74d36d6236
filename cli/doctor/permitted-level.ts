import type { Level } from '#schemas/level.ts';
import type { Check } from './check.ts';

/** What a host could give at most, and what stands in the way of more. docs/levels.md */
export interface PermittedLevel {
  readonly level: Level;
  readonly words: string;
}

/**
 * The highest level that a deployment of the whole service on this host can reach, once its operator declares it hosted.
 * What each rebuild reaches is measured, and `assay level` says it. Pure.
 */
export function permittedLevel(checks: readonly Check[], isRoot: boolean): PermittedLevel {
  const holds = (name: string): boolean =>
    checks.some((check) => check.name === name && check.status === 'ok');
  if (checks.some(({ status }) => status === 'missing'))
    return { level: 'SLSA_BUILD_LEVEL_0', words: 'no rebuild can be made here yet' };
  if (!isRoot)
    return {
      level: 'SLSA_BUILD_LEVEL_2',
      words:
        'as one user, what runs builds and what signs can reach each other; level 3 needs a user for each',
    };
  if (!holds('namespaces'))
    return {
      level: 'SLSA_BUILD_LEVEL_2',
      words: 'without bubblewrap builds need the socket of a container engine, which is root here',
    };
  return {
    level: 'SLSA_BUILD_LEVEL_3',
    words:
      'with a user for each process and bubblewrap (ASSAY_SANDBOX=bubblewrap): an engine’s socket is root',
  };
}
