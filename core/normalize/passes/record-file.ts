import type { Pass } from '../pass.ts';
import { recordHolds } from './wheel-record.ts';

/** Rows that the other side has not at the same place. */
function differingBytes(a: string, b: string): number {
  const rowsA = a.split('\n');
  const rowsB = b.split('\n');
  let bytes = 0;
  for (let index = 0; index < Math.max(rowsA.length, rowsB.length); index += 1) {
    if (rowsA[index] === rowsB[index]) continue;
    bytes += Buffer.byteLength(rowsA[index] ?? '') + Buffer.byteLength(rowsB[index] ?? '');
  }
  return bytes;
}

export const recordFile: Pass = {
  id: 'record-file',
  title: 'RECORD of a wheel, made again from its members',
  risk: 'None: it passes only where RECORD is true on its own side, so that each change in it is one of a member.',
  covers(delta, facts) {
    const { format, kind, path, archiveA, archiveB } = delta;
    if (format !== 'zip' || kind !== 'content' || !/^[^/]+\.dist-info\/RECORD$/.test(path.at(-1) ?? ''))
      return undefined;
    const view = facts.view(delta);
    if (view?.text === undefined || !view.a.whole || !view.b.whole) return undefined;
    if (archiveA === undefined || archiveB === undefined) return undefined;
    if (!recordHolds(view.text.a, archiveA) || !recordHolds(view.text.b, archiveB)) return undefined;
    return { fields: ['content'], bytes: differingBytes(view.text.a, view.text.b) };
  },
};
