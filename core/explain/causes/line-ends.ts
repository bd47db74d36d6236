import { describeContent, withoutCarriageReturns } from '#core/compare/content-view.ts';
import { haveCommonLine } from '../common-lines.ts';
import { contentViews } from '../content-views.ts';
import type { Evidence, Explainer } from '../explainer.ts';

/** Whether most lines of `a` are in `b`, line ends apart: then the line ends are a cause of their own. */
function mostlySame(a: string, b: string): boolean {
  const linesA = withoutCarriageReturns(a).split('\n');
  const linesB = new Set(withoutCarriageReturns(b).split('\n'));
  return linesA.filter((line) => linesB.has(line)).length * 2 >= linesA.length;
}

export const lineEnds: Explainer = {
  meta: {
    id: 'line-ends',
    title: 'Line ends differ: CRLF on one side, LF on the other',
    remedy:
      'Build on one system, or write files with newline="\\n"; in git, set `* text=auto eol=lf` in .gitattributes.',
    looksLike: 'README.md  offset 12\n  a: 40 CRLF, 0 LF\n  b: 0 CRLF, 40 LF\n  only the line ends differ',
    why: 'One side was built on Windows, or git checked the text out with core.autocrlf.',
    fixes: {
      git: '`* text=auto eol=lf` in .gitattributes',
      Python: '`open(…, newline="\\n")`',
      tsc: '`"newLine": "lf"`',
      'Maven, Gradle': 'publish from one system; `System.lineSeparator()` out of generators',
      npm: '.gitattributes: it packs what is on disk',
      CMake: '`configure_file(… NEWLINE_STYLE LF)`',
    },
    needs: ['content'],
  },
  explain(facts) {
    const evidence: Evidence[] = [];
    let likely = false;
    for (const { delta, view } of contentViews(facts)) {
      if (view.text === undefined || !view.a.whole || !view.b.whole) continue;
      // RECORD is no text of a checkout: the tool that makes the wheel chooses its line ends.
      if (delta.path.at(-1)?.endsWith('.dist-info/RECORD') === true) continue;
      const { a, b } = view.text;
      if (a.includes('\r\n') === b.includes('\r\n')) continue;
      const same = withoutCarriageReturns(a) === withoutCarriageReturns(b);
      // Two texts that have nothing in common differ by more than that.
      if (!same && !haveCommonLine(a, b)) continue;
      likely ||= same || (mostlySame(a, b) && mostlySame(b, a));
      const shown = same
        ? describeContent(view)
        : { a: a.includes('\r\n') ? 'CRLF' : 'LF', b: b.includes('\r\n') ? 'CRLF' : 'LF' };
      evidence.push({ delta, offset: view.offset, a: shown.a, b: shown.b });
    }
    return evidence.length === 0 ? undefined : { confidence: likely ? 'likely' : 'possible', evidence };
  },
};
