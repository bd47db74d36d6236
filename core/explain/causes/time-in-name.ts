import type { Explainer } from '../explainer.ts';
import { epochOf, type Moment } from '../moments.ts';
import { nameLines } from '../name-lines.ts';
import { otherMoments } from '../other-moments.ts';

/** In a name that is the same otherwise, eight digits that are a day are one. */
function isDay({ parts: { year, month, day } }: Moment): boolean {
  return year !== undefined && month !== undefined && day !== undefined;
}

export const timeInName: Explainer = {
  meta: {
    id: 'time-in-name',
    title: 'The time of the build is in the name of a file',
    remedy:
      'Name the file without a time, or by the time of the source: SOURCE_DATE_EPOCH, or the date of the commit.',
    looksLike: 'logs/build-20261122.log\n  is logs/build-20261123.log in the second file',
    why: 'A script, a logger or a snapshot version puts the date into the name of what it makes, so that each build has another.',
    fixes: {
      'make, shell': '`date -u -d "@$SOURCE_DATE_EPOCH" +%Y%m%d` in place of `date +%Y%m%d`',
      Python: '`time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"]))`; no `egg_info --tag-date`',
      Maven: '`-DfinalName` without `${maven.build.timestamp}`; releases, not SNAPSHOTs with a time',
      'webpack, rollup, esbuild': '`[contenthash]` in `output.filename`, not the time',
      CMake: '`string(TIMESTAMP …)` follows SOURCE_DATE_EPOCH',
    },
    needs: ['names'],
    proposes: ['clock'],
  },
  explain(facts) {
    let certain = false;
    let epoch: number | undefined;
    const evidence = nameLines(facts).flatMap(({ delta, a, b }) => {
      const [pair] = otherMoments(a, b);
      if (pair === undefined) return [];
      certain ||= pair.certain || (isDay(pair.momentA) && isDay(pair.momentB));
      epoch ??= epochOf(pair.momentA);
      return [{ delta, a: pair.a, b: pair.b }];
    });
    if (evidence.length === 0) return undefined;
    const sourceDateEpoch = epoch === undefined || epoch < 0 ? {} : { sourceDateEpoch: epoch };
    return {
      confidence: certain ? 'likely' : 'possible',
      evidence,
      change: { kind: 'clock', ...sourceDateEpoch },
    };
  },
};
