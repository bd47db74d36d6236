import { orderIsFree } from '../order.ts';
import type { Pass } from '../pass.ts';

export const tarOrder: Pass = {
  id: 'tar-order',
  title: "The order of a tar's members",
  risk: 'Reading stops where a disk is full or a reader looks for one name: what was unpacked until then is something else.',
  touches: { formats: ['tar'], order: true },
  // The same bytes, at another place: none is set aside.
  setsAside({ archiveA, archiveB }) {
    if (archiveA === undefined || archiveB === undefined) return undefined;
    return [archiveA, archiveB].every((archive) => {
      // A global record says something of the members behind it: of all, where it stands first.
      const late = Object.entries(archive.fields).some(
        ([name, value]) => /^global\d+_pax$/.test(name) && !value.startsWith('before member 0:'),
      );
      return !late && orderIsFree(archive);
    })
      ? 0
      : undefined;
  },
};
