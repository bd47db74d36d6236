import type { Explainer } from '../explainer.ts';

const timeField = /(?:^|_)(?:mtime|atime|ctime|extra_times)$/;

export const buildTimeInMetadata: Explainer = {
  meta: {
    id: 'build-time-in-metadata',
    title: 'The archive records when it was made',
    remedy:
      'Set SOURCE_DATE_EPOCH to the date of the source, if the tool that packs honours it; else give the packer fixed times: tar --mtime=@EPOCH --clamp-mtime, gzip -n, touch -d @EPOCH before zip.',
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
