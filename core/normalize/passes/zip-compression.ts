import type { Entry } from '#core/archive/entry.ts';
import type { Pass } from '../pass.ts';
import { storedBytes } from '../stream-compression.ts';
import { bothRecords } from '../zip-records.ts';

/** Stored and deflated: what every reader of zips can decode. */
const methods = new Set(['0', '8']);

/** Formats that are a zip tell their kind by this member, which has to be stored. */
const kindMember = 'mimetype';

/** Whether the content was decoded, and is all that the member holds, as its record says. */
function isDecoded(entry: Entry | undefined): entry is Entry {
  return (
    entry?.content !== undefined &&
    entry.key !== kindMember &&
    !['stored', 'declared', 'data_tail', 'local_method'].some((field) => field in entry.fields)
  );
}

export const zipCompression: Pass = {
  id: 'zip-compression',
  title: 'The same content, stored or compressed another way in a zip',
  risk: 'A flaw of one decompressor could be reached by one of the two streams; both decode to the same bytes here. A program that maps stored members into memory needs them stored.',
  touches: { formats: ['zip'], fields: ['compressed', 'method'] },
  setsAside(delta) {
    const { field, a, b, entryA, entryB } = delta;
    if (!isDecoded(entryA) || !isDecoded(entryB)) return undefined;
    if (field === 'method') {
      return methods.has(a ?? '') && methods.has(b ?? '') ? bothRecords(delta, 2) : undefined;
    }
    const [sizeA, sizeB] = [
      a === null ? entryA.content?.size : storedBytes(a),
      b === null ? entryB.content?.size : storedBytes(b),
    ];
    return sizeA === undefined || sizeB === undefined ? undefined : sizeA + sizeB;
  },
};
