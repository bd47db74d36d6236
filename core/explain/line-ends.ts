import { describeContent, withoutCarriageReturns } from '#core/compare/content-view.ts';
import type { Evidence, Explainer } from './explainer.ts';

export const lineEnds: Explainer = {
  meta: {
    id: 'line-ends',
    title: 'Line ends differ: CRLF on one side, LF on the other',
    remedy:
      'Build on one system, or write files with newline="\\n"; in git, set `* text=auto eol=lf` in .gitattributes.',
    needs: ['content'],
  },
  explain(facts) {
    const evidence: Evidence[] = [];
    let only = false;
    for (const delta of facts.deltas) {
      const view = delta.kind === 'content' ? facts.view(delta) : undefined;
      if (view?.text === undefined || !view.a.whole || !view.b.whole) continue;
      const { a, b } = view.text;
      if (a.includes('\r\n') === b.includes('\r\n')) continue;
      const same = withoutCarriageReturns(a) === withoutCarriageReturns(b);
      only ||= same;
      const shown = same
        ? describeContent(view)
        : { a: a.includes('\r\n') ? 'CRLF' : 'LF', b: b.includes('\r\n') ? 'CRLF' : 'LF' };
      evidence.push({ delta, offset: view.offset, a: shown.a, b: shown.b });
    }
    return evidence.length === 0 ? undefined : { confidence: only ? 'likely' : 'possible', evidence };
  },
};
