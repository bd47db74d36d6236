import { changedLines } from '../changed-lines.ts';
import { contentViews } from '../content-views.ts';
import type { Evidence, Explainer } from '../explainer.ts';

/** Lines in which build tools write their own version. */
const toolLine =
  /^(?:Generator|Metadata-Version|Wheel-Version|Created-By|Build-Jdk|Build-Jdk-Spec|Bnd-LastModified|Tool|Archiver-Version|Built-With|X-Generator):/;

export const toolVersion: Explainer = {
  meta: {
    id: 'tool-version',
    title: 'Another version of the build tool was used',
    remedy:
      'Pin the build tools (in Python, exact versions in [build-system] requires) and publish with those.',
    needs: ['content'],
  },
  explain(facts) {
    const evidence: Evidence[] = [];
    for (const { delta, view } of contentViews(facts)) {
      if (view.text === undefined) continue;
      const pick = (text: string) => text.split(/\r?\n/).filter((line) => toolLine.test(line));
      const [a, b] = [pick(view.text.a), pick(view.text.b)];
      const named = new Set(a.map((line) => line.slice(0, line.indexOf(':'))));
      for (const name of named) {
        const of = (lines: readonly string[]) => lines.find((line) => line.startsWith(`${name}:`));
        if (of(b) !== undefined && of(a) !== of(b)) {
          const offset = changedLines(view)?.find((line) => line.a === of(a))?.offset;
          evidence.push({ delta, offset, a: of(a), b: of(b) });
        }
      }
    }
    return evidence.length === 0 ? undefined : { confidence: 'likely', evidence };
  },
};
