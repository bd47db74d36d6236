import type { Entry } from '../entry.ts';
import { memberPlace, type Place, type Reading } from '../reading.ts';

const mark = 'debian-binary';
/** The parts of a Debian package, deb(5): each may be compressed in several ways. */
const parts = /^(control|data)\.tar(?:\.[a-z0-9]+)?$/;

/**
 * Findings about a .deb: dpkg takes the first member of each kind, apt one by how it is compressed, and both pass over
 * what has another name.
 */
export function inspectPackage(reading: Reading, place: Place, entries: readonly Entry[]): void {
  const first = entries.findIndex(({ name }) => name === mark);
  if (first === -1) return;
  const seen = new Set<string>();
  for (const [index, { name, offset }] of entries.entries()) {
    const own = memberPlace(place, index, name);
    const part = parts.exec(name)?.[1];
    if (part !== undefined && seen.has(part))
      reading.find(own, 'duplicate-entry', `another ${part} of the package`, offset);
    else if (part === undefined && name !== mark && !name.startsWith('_'))
      reading.find(own, 'unknown-record', 'no member that a .deb has', offset);
    if (index < first) reading.find(own, 'unknown-record', `a member before ${mark}`, offset);
    if (part !== undefined) seen.add(part);
  }
}
