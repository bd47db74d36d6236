import type { Explainer } from '../explainer.ts';

const timeField = /(?:^|_)(?:mtime|atime|ctime|extra_times)$/;

export const buildTimeInMetadata: Explainer = {
  meta: {
    id: 'build-time-in-metadata',
    title: 'The archive records when it was made',
    remedy:
      'Set SOURCE_DATE_EPOCH to the date of the source, if the tool that packs honours it; else give the packer fixed times: tar --mtime=@EPOCH --clamp-mtime, gzip -n, touch -d @EPOCH before zip.',
    looksLike: 'pkg/m.py  mtime\n  a: 2026-11-22 12:00:00\n  b: 2026-11-22 12:34:56',
    why: 'tar, zip, gzip and ar store the time of each file, and files that a build writes have the time of the build.',
    fixes: {
      'setuptools, hatchling, flit, poetry, maturin': 'SOURCE_DATE_EPOCH set for the build of the wheel',
      npm: 'npm pack does so already (1985-10-26)',
      Maven: 'project.build.outputTimestamp',
      Gradle: 'tasks.withType(AbstractArchiveTask) { preserveFileTimestamps = false }',
      tar: '--mtime=@$SOURCE_DATE_EPOCH --clamp-mtime --pax-option=delete=atime,delete=ctime',
      gzip: 'gzip -n',
      zip: 'touch -d @$SOURCE_DATE_EPOCH on all files, then TZ=UTC zip -X',
      ar: 'ar rcD (deterministic mode)',
      jar: 'jar --date=2026-11-22T00:00:00Z',
      dpkg: 'dpkg-deb clamps to SOURCE_DATE_EPOCH',
      Docker: 'docker buildx build --output type=oci,rewrite-timestamp=true',
    },
    needs: ['fields'],
  },
  explain({ deltas }) {
    const evidence = deltas
      .filter(
        ({ kind, field, a, b }) =>
          kind === 'metadata' &&
          timeField.test(field ?? '') &&
          typeof a === 'string' &&
          typeof b === 'string',
      )
      .map((delta) => ({ delta, a: delta.a, b: delta.b }));
    return evidence.length === 0 ? undefined : { confidence: 'likely', evidence };
  },
};
