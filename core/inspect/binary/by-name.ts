/** Things by their name; the k-th of several of one name goes with the other side's k-th. */
export function byName<T extends { readonly name: string }>(things: Iterable<T>): Map<string, T> {
  const counts = new Map<string, number>();
  const map = new Map<string, T>();
  for (const thing of things) {
    const ordinal = counts.get(thing.name) ?? 0;
    counts.set(thing.name, ordinal + 1);
    map.set(`${thing.name}\0${ordinal}`, thing);
  }
  return map;
}

/** Orders texts by their code units: the same on every machine. */
export function compareNames(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name < other.name ? -1 : one.name > other.name ? 1 : 0;
}
