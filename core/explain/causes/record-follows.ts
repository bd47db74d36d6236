import { recordHolds } from '#core/normalize/passes/wheel-record.ts';
import type { Evidence, Explainer } from '../explainer.ts';

export const recordFollows: Explainer = {
  meta: {
    id: 'record-follows',
    title: 'RECORD differs because the files that it lists do',
    remedy: 'Nothing to do here: it goes when the other differences go.',
    looksLike:
      'pkg-1.0.dist-info/RECORD  offset 112\n  a: pkg/m.py,sha256=kQy…,812\n  b: pkg/m.py,sha256=9fT…,815',
    why: 'RECORD holds digest and size of every file of a wheel.',
    fixes: {},
    stands: 'consequence',
    needs: ['content', 'names'],
  },
  explain(facts) {
    const evidence: Evidence[] = [];
    for (const delta of facts.deltas) {
      if (delta.kind !== 'content' || delta.path.at(-1)?.endsWith('.dist-info/RECORD') !== true) continue;
      const view = facts.view(delta);
      if (view?.text === undefined || !view.a.whole || !view.b.whole) continue;
      if (delta.archiveA === undefined || delta.archiveB === undefined) continue;
      const plain = (text: string) => text.replaceAll('\r\n', '\n');
      if (
        recordHolds(plain(view.text.a), delta.archiveA) &&
        recordHolds(plain(view.text.b), delta.archiveB)
      ) {
        evidence.push({ delta, offset: view.offset });
      }
    }
    return evidence.length === 0 ? undefined : { confidence: 'likely', evidence };
  },
};
