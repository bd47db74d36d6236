import type { Archive } from '#core/archive/entry.ts';
import { orderIsFree } from '../order.ts';
import type { Pass } from '../pass.ts';

const [folder, manifest] = ['META-INF/', 'META-INF/MANIFEST.MF'];

function placeOf({ entries }: Archive, name: string): number {
  return entries.findIndex(({ key }) => key === name);
}

/** Whether who reads a jar as a stream finds its manifest (java.util.jar.JarInputStream): first, or behind its folder. */
function manifestLeads({ entries: [first, second] }: Archive): boolean {
  return first?.key === manifest || (first?.key === folder && second?.key === manifest);
}

/** Read as a stream, a signature vouches for what stands behind it only. */
function isSigned({ entries }: Archive): boolean {
  return entries.some(({ key }) => /^META-INF\/[^/]+\.SF$/i.test(key));
}

/** Whether readers that look at the start see the same: the member that tells the kind of a zip, and the manifest. */
function startAlike(a: Archive, b: Archive): boolean {
  return placeOf(a, 'mimetype') === placeOf(b, 'mimetype') && manifestLeads(a) === manifestLeads(b);
}

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
    return agree &&
      startAlike(archiveA, archiveB) &&
      !(isSigned(archiveA) && isSigned(archiveB)) &&
      orderIsFree(archiveA) &&
      orderIsFree(archiveB)
      ? 0
      : undefined;
  },
};
