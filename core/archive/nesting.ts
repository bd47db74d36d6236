import type { Entry } from './entry.ts';
import { memberPlace, type Place, type Reading } from './reading.ts';

/** A part of a name that unpacking drops: nothing, or the folder itself. */
const dropped = /(?:^|\/)\.?(?:\/|$)/;

/** The name as unpacking places it: without `.` and empty parts, whatever stands before or behind. */
export function placedName(name: string): string {
  if (!dropped.test(name)) return name;
  return name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

/** The first of a sorted list that is not less than `start`. */
export function firstFrom(sorted: readonly string[], start: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? '') < start) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** As a file system has it that knows neither case nor Unicode form. */
function folded(name: string): string {
  return placedName(name).normalize('NFC').toLowerCase();
}

/** Finds members that stand below one that is no folder: what they are written to depends on the reader, and on links. */
export function inspectNesting(reading: Reading, place: Place, entries: readonly Entry[]): void {
  const places = entries.map(({ name }) => folded(name));
  const sorted = [...places].sort();
  for (const [index, { name, type }] of entries.entries()) {
    const own = places[index] ?? '';
    if (type === 'directory' || own === '') continue;
    const below = sorted[firstFrom(sorted, `${own}/`)];
    if (below?.startsWith(`${own}/`) !== true) continue;
    const what =
      type === 'file' ? 'a file' : type === 'symlink' || type === 'hardlink' ? 'a link' : 'no folder';
    reading.find(memberPlace(place, index, name), 'member-below-link', `${what}, and ${below} below it`);
  }
}
