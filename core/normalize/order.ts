import type { Archive, Entry } from '#core/archive/entry.ts';
import { firstFrom } from '#core/archive/nesting.ts';

/**
 * A member's name as a file system sees it that knows neither case nor Unicode form, without `.` and empty parts.
 * Undefined for one that leads elsewhere, or that readers take apart in different ways.
 */
function placeOf({ name }: Entry): string | undefined {
  if (name.includes('\\') || name.startsWith('/')) return undefined;
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  return parts.includes('..') ? undefined : parts.join('/').normalize('NFC').toLowerCase();
}

/** Whether a sorted list has a name that starts with `start`. */
function hasUnder(sorted: readonly string[], start: string): boolean {
  return sorted[firstFrom(sorted, start)]?.startsWith(start) === true;
}

/** Whether each hard link comes behind what it links to, which has a place of its own. */
function linksFollow(entries: readonly Entry[]): boolean {
  const before = new Set<string>();
  for (const { name, type, fields } of entries) {
    if (type === 'hardlink' && !before.has(fields['link'] ?? '')) return false;
    before.add(name);
  }
  return true;
}

/**
 * Whether unpacking gives the same in whatever order the members stand (as long as hard links follow their targets):
 * no two at one place, none under one that is not a directory, nothing that readers disagree about.
 */
export function orderIsFree({ entries }: Archive): boolean {
  const places: string[] = [];
  for (const entry of entries) {
    const place = placeOf(entry);
    // A whiteout takes away what stands below it: in some readers also what came before it.
    const whiteout = /(?:^|\/)\.wh\./.test(entry.name);
    if (place === undefined || whiteout || entry.type === 'other') return false;
    places.push(place);
  }
  const sorted = [...new Set(places)].sort();
  if (sorted.length !== entries.length) return false;
  const nested = entries.some(
    ({ type }, index) => type !== 'directory' && hasUnder(sorted, `${places[index]}/`),
  );
  return !nested && linksFollow(entries);
}
