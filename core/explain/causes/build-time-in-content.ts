import type { RecipeChange } from '#schemas/recipe-change.ts';
import { binaryTimes } from '../binary-times.ts';
import { contentViews } from '../content-views.ts';
import type { Evidence, Explainer } from '../explainer.ts';
import { epochOf } from '../moments.ts';
import { otherMoments } from '../other-moments.ts';
import type { TimestampPair } from '../timestamps.ts';
import { differingLines } from '../tokens.ts';

const pairsEachMax = 5;

function instant(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

function show(seconds: number, form: string, dos: number | undefined): string {
  const other = dos === undefined ? '' : `, or ${instant(dos).slice(0, -1)} (MS-DOS date and time)`;
  return `${instant(seconds)} (${form})${other}`;
}

export const buildTimeInContent: Explainer = {
  meta: {
    id: 'build-time-in-content',
    title: 'The time of the build is written into a file',
    remedy:
      'Leave the time out, or take it from SOURCE_DATE_EPOCH when that is set (date -u -d "@$SOURCE_DATE_EPOCH").',
    looksLike:
      'build-info.txt  offset 15\n  a: Sun Nov 22 12:00:00 UTC 2026\n  b: Sun Nov 22 12:34:56 UTC 2026\nfirmware.bin  offset 64\n  a: 2026-11-22T12:00:00Z (32-bit little-endian seconds)\n  b: 2026-11-22T12:34:56Z (32-bit little-endian seconds)',
    why: 'A script, template or compiler asks the clock (date, `__DATE__`, datetime.now, new Date()) and writes the answer into what is shipped.',
    fixes: {
      'make, shell': '`date -u -d "@${SOURCE_DATE_EPOCH:-$(date +%s)}"`',
      'gcc, clang':
        'no `__DATE__` and `__TIME__` (`-Werror=date-time` finds them); both follow SOURCE_DATE_EPOCH',
      Python: '`datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), timezone.utc)`',
      'webpack, rollup, esbuild':
        'no banner or DefinePlugin value from `new Date()`; the date of the commit instead',
      npm: 'no `new Date()` in prepack scripts',
      cargo: 'a build.rs that reads SOURCE_DATE_EPOCH, as that of vergen does',
      Maven: '`<project.build.outputTimestamp>`; no `${maven.build.timestamp}` in filtered resources',
      Gradle: 'no `new Date()` in processResources',
      Java: 'java.util.Properties.store writes a date; since JDK 18 `-Djava.properties.date=…` sets it',
      go: '`-ldflags "-X main.date=$SOURCE_DATE_EPOCH"`',
      dpkg: 'dpkg-buildpackage sets SOURCE_DATE_EPOCH from debian/changelog',
      Docker: '`docker buildx build --build-arg SOURCE_DATE_EPOCH`',
    },
    needs: ['content'],
    proposes: ['clock'],
  },
  explain(facts) {
    const evidence: Evidence[] = [];
    let certain = false;
    let epoch: number | undefined;
    const add = (delta: Evidence['delta'], pair: TimestampPair, offset?: number) => {
      evidence.push({ delta, offset, a: pair.a, b: pair.b });
      certain ||= pair.certain;
      epoch ??= epochOf(pair.momentA);
    };
    for (const { delta, view } of contentViews(facts)) {
      const pairs = differingLines(view).flatMap((line) =>
        otherMoments(line.a, line.b).map((pair) => ({
          pair,
          offset: line.offset + Buffer.byteLength(line.a.slice(0, pair.column)),
        })),
      );
      for (const { pair, offset } of pairs.slice(0, pairsEachMax)) add(delta, pair, offset);
      if (pairs.length > 0) continue;
      for (const found of binaryTimes(view).slice(0, pairsEachMax)) {
        const { offset, a, b, form, dos } = found;
        evidence.push({ delta, offset, a: show(a, form, dos?.a), b: show(b, form, dos?.b) });
        certain ||= found.certain;
        if (dos === undefined) epoch ??= a;
      }
    }
    if (evidence.length === 0) return undefined;
    const change: RecipeChange = {
      kind: 'clock',
      ...(epoch === undefined || epoch < 0 ? {} : { sourceDateEpoch: epoch }),
    };
    return { confidence: certain ? 'likely' : 'possible', evidence, change };
  },
};
