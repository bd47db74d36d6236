import type { RecipeChange } from '#schemas/recipe-change.ts';
import type { Explainer } from '../explainer.ts';
import { zipShifts } from '../zones.ts';

const timeField = /(?:^|_)(?:mtime|atime|ctime|extra_times)$/;

/** Seconds since 1970 of a time field, where it has a zone. */
function secondsOf(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T[\d:]{8}(?:\.\d{1,18})?Z$/.test(value))
    return undefined;
  return Math.floor(Date.parse(`${value.slice(0, 19)}Z`) / 1000);
}

/** The clock that would give `a`'s times: one instant where they have one, else any. */
function clockOf(values: readonly unknown[]): RecipeChange {
  const seconds = new Set(values.map(secondsOf));
  const [only] = seconds;
  return seconds.size === 1 && only !== undefined && only >= 0
    ? { kind: 'clock', sourceDateEpoch: only }
    : { kind: 'clock' };
}

export const buildTimeInMetadata: Explainer = {
  meta: {
    id: 'build-time-in-metadata',
    title: 'The archive records when it was made',
    remedy:
      'Set SOURCE_DATE_EPOCH to the date of the source, if the tool that packs honours it; else give the packer fixed times: tar --mtime=@EPOCH --clamp-mtime, gzip -n, touch -d @EPOCH before zip.',
    looksLike: 'pkg/m.py  mtime\n  a: 2026-11-22T12:00:00Z\n  b: 2026-11-22T12:34:56Z',
    why: 'tar, zip, gzip and ar store the time of each file, and files that a build writes have the time of the build.',
    fixes: {
      'setuptools, hatchling, flit, poetry, maturin': 'SOURCE_DATE_EPOCH set for the build of the wheel',
      npm: '`npm pack` does so already (1985-10-26)',
      Maven: '`<project.build.outputTimestamp>`',
      Gradle: '`tasks.withType(AbstractArchiveTask) { preserveFileTimestamps = false }`',
      tar: '`--mtime=@$SOURCE_DATE_EPOCH --clamp-mtime --pax-option=delete=atime,delete=ctime`',
      gzip: '`gzip -n`',
      zip: '`touch -d @$SOURCE_DATE_EPOCH` on all files, then `TZ=UTC zip -X`',
      ar: '`ar rcD` (deterministic mode)',
      jar: '`jar --date=2026-11-22T00:00:00Z`',
      dpkg: 'dpkg-deb takes SOURCE_DATE_EPOCH',
      Docker: '`docker buildx build --output type=oci,rewrite-timestamp=true`',
    },
    needs: ['fields'],
    proposes: ['clock'],
  },
  explain(facts) {
    const shifts = zipShifts(facts);
    const evidence = facts.deltas
      .filter(
        (delta) =>
          delta.kind === 'metadata' &&
          timeField.test(delta.field ?? '') &&
          typeof delta.a === 'string' &&
          typeof delta.b === 'string' &&
          shifts.get(delta) !== 'likely',
      )
      .map((delta) => ({ delta, a: delta.a, b: delta.b }));
    if (evidence.length === 0) return undefined;
    return { confidence: 'likely', evidence, change: clockOf(evidence.map(({ a }) => a)) };
  },
};
