import { linesApart } from '../lines-apart.ts';
import type { Pass } from '../pass.ts';
import { recordHolds } from './wheel-record.ts';

export const recordFile: Pass = {
  id: 'record-file',
  title: 'RECORD of a wheel, made again from its members',
  risk: 'None: it passes only where RECORD is true on its own side, so that each change in it is one of a member.',
  touches: {
    formats: ['zip'],
    contents: { names: /^[^/]+\.dist-info\/RECORD$/, title: '`*.dist-info/RECORD`' },
  },
  setsAside(delta, facts) {
    const { archiveA, archiveB } = delta;
    const view = facts.view(delta);
    if (view?.text === undefined || !view.a.whole || !view.b.whole) return undefined;
    if (archiveA === undefined || archiveB === undefined) return undefined;
    if (!recordHolds(view.text.a, archiveA) || !recordHolds(view.text.b, archiveB)) return undefined;
    return linesApart(view.text.a.split('\n'), view.text.b.split('\n'));
  },
};
