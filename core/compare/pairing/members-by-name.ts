import type { Archive, Entry } from '#core/archive/entry.ts';

/** Members by name; the k-th of several of one name goes with the other side's k-th. */
export function membersByName(archive: Archive): Map<string, Entry> {
  const map = new Map<string, Entry>();
  const seen = new Map<string, number>();
  for (const entry of archive.entries) {
    const count = seen.get(entry.key) ?? 0;
    seen.set(entry.key, count + 1);
    map.set(`${entry.key}\0${count}`, entry);
  }
  return map;
}

/** Members of two archives: those of one name as pairs, and those that are alone. */
export interface NamedMembers {
  readonly pairs: readonly (readonly [Entry, Entry])[];
  readonly aloneA: readonly Entry[];
  readonly aloneB: readonly Entry[];
}

/** Which members have their like by name. */
export function matchNames(a: Archive, b: Archive): NamedMembers {
  const pairs: [Entry, Entry][] = [];
  const inPlace =
    a.entries.length === b.entries.length &&
    a.entries.every((entry, index) => entry.key === b.entries[index]?.key);
  if (inPlace) {
    for (const [index, entry] of a.entries.entries()) {
      const twin = b.entries[index];
      if (twin !== undefined) pairs.push([entry, twin]);
    }
    return { pairs, aloneA: [], aloneB: [] };
  }
  const membersB = membersByName(b);
  const aloneA: Entry[] = [];
  for (const [key, entry] of membersByName(a)) {
    const twin = membersB.get(key);
    if (twin === undefined) aloneA.push(entry);
    else {
      pairs.push([entry, twin]);
      membersB.delete(key);
    }
  }
  return { pairs, aloneA, aloneB: [...membersB.values()] };
}
