import type { ContentView } from '#core/compare/content-view.ts';
import { changedLines } from '../changed-lines.ts';
import { contentViews } from '../content-views.ts';
import type { Evidence, Explainer } from '../explainer.ts';
import { timestampsOnly, type TimestampPair } from '../timestamps.ts';

/** Bytes around the first difference of a binary, as text in which dates can be seen. */
function printableAround(view: ContentView): { a: string; b: string; offset: number } | undefined {
  if (view.offset === undefined) return undefined;
  const at = view.offset - view.a.start;
  const cut = (bytes: Uint8Array) =>
    Buffer.from(bytes.subarray(Math.max(0, at - 40), at + 40)).toString('latin1');
  const run = (text: string) => {
    const middle = Math.min(at, 40);
    const from = text.slice(0, middle).search(/[\u0020-\u007e]*$/);
    const length = /^[\u0020-\u007e]*/.exec(text.slice(from))?.[0].length ?? 0;
    return text.slice(from, from + length);
  };
  return {
    a: run(cut(view.a.bytes)),
    b: run(cut(view.b.bytes)),
    offset: Math.max(view.a.start, view.offset - 40),
  };
}

function pairsOf(view: ContentView): { pair: TimestampPair; offset: number }[] {
  const lines = view.text === undefined ? [printableAround(view)] : (changedLines(view) ?? []);
  return lines.flatMap((line) =>
    line === undefined
      ? []
      : (timestampsOnly(line.a, line.b) ?? []).map((pair) => ({ pair, offset: line.offset + pair.column })),
  );
}

export const buildTimeInContent: Explainer = {
  meta: {
    id: 'build-time-in-content',
    title: 'The time of the build is written into a file',
    remedy:
      'Leave the time out, or take it from SOURCE_DATE_EPOCH when that is set (date -u -d "@$SOURCE_DATE_EPOCH").',
    looksLike:
      'build-info.txt  offset 15\n  a: Sun Nov 22 12:00:00 UTC 2026\n  b: Sun Nov 22 12:34:56 UTC 2026',
    why: 'A script, template or compiler asks the clock (date, __DATE__, datetime.now, new Date()) and writes the answer into what is shipped.',
    fixes: {
      'make, shell': 'date -u -d "@${SOURCE_DATE_EPOCH:-$(date +%s)}"',
      'gcc, clang': 'no __DATE__ and __TIME__ (-Werror=date-time finds them); both follow SOURCE_DATE_EPOCH',
      Python: 'datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), timezone.utc)',
      'webpack, rollup, esbuild':
        'no banner or DefinePlugin value from new Date(); use the date of the commit',
      npm: 'no new Date() in prepack scripts',
      cargo: 'build.rs that reads SOURCE_DATE_EPOCH, such as that of vergen',
      Maven: 'project.build.outputTimestamp, also for filtered resources',
      Gradle: 'no Date() in processResources',
      go: '-ldflags "-X main.date=$SOURCE_DATE_EPOCH"',
      dpkg: 'dpkg-buildpackage sets SOURCE_DATE_EPOCH from debian/changelog',
      Docker: 'docker buildx build --build-arg SOURCE_DATE_EPOCH',
    },
    needs: ['content'],
  },
  explain(facts) {
    const evidence: Evidence[] = [];
    let certain = false;
    for (const { delta, view } of contentViews(facts)) {
      for (const { pair, offset } of pairsOf(view).slice(0, 5)) {
        evidence.push({ delta, offset, a: pair.a, b: pair.b });
        certain ||= pair.certain;
      }
    }
    return evidence.length === 0 ? undefined : { confidence: certain ? 'likely' : 'possible', evidence };
  },
};
