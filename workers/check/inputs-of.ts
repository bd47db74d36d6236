import { basename } from 'node:path';
import type { CheckInput } from '#schemas/check.ts';
import type { GivenInput } from './registry-record.ts';

/**
 * What builds were given, as a report tells it. `ended`: the builds that ended well, with what each was made for; one
 * of them that was not given what others were has other inputs than they (a build that failed may have ended before it
 * asked). Pure.
 */
export function inputsOf(given: readonly GivenInput[], ended: ReadonlyMap<number, string>): CheckInput[] {
  return given.flatMap(({ served, builds }) => {
    const had = [...ended].filter(([build]) => builds.has(build));
    if (ended.size > 0 && had.length === 0) return [];
    const { project, version, upstreamUrl, sha256, size } = served;
    return [
      {
        ...(project === undefined ? {} : { project }),
        ...(version === undefined ? {} : { version }),
        file: basename(served.path),
        ...(upstreamUrl === undefined ? {} : { url: upstreamUrl }),
        digest: { sha256 },
        size,
        ...(had.length === ended.size ? {} : { only: [...new Set(had.map(([, label]) => label))] }),
      },
    ];
  });
}
