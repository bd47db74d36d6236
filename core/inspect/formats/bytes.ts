import type { Inspector } from '../inspector.ts';
import { PartList } from '../part-list.ts';
import { addRegions } from '../bytes/regions.ts';

export const bytes: Inspector = {
  id: 'bytes',
  title: 'Anything else: the regions of bytes that differ, in hexadecimal',
  recognises: () => true,
  inspect(a, b, work) {
    const parts = new PartList(work);
    addRegions({ bytes: a, start: 0 }, { bytes: b, start: 0 }, parts, work);
    return parts.finish();
  },
};
