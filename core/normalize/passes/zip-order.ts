import { orderIsFree, standAlike } from '../order.ts';
import type { Pass } from '../pass.ts';

/** Members that readers look for at the start: of a jar read as a stream, and of formats that are a zip. */
const first = ['META-INF/', 'META-INF/MANIFEST.MF', 'mimetype'];

export const zipOrder: Pass = {
  id: 'zip-order',
  title: "The order of a zip's members",
  risk: 'A program that loads members in the order in which they stand, such as a class path of resources, could act on it.',
  touches: { formats: ['zip'], order: true },
  // The same bytes, at another place: none is set aside.
  setsAside({ archiveA, archiveB }) {
    if (archiveA === undefined || archiveB === undefined) return undefined;
    // Where the records stand in another order than the directory lists them, readers see two orders.
    const agree = [archiveA, archiveB].every(({ fields }) => !('local_order' in fields));
    return agree && standAlike(archiveA, archiveB, first) && orderIsFree(archiveA) && orderIsFree(archiveB)
      ? 0
      : undefined;
  },
};
