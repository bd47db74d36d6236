/** What a test showed; undefined where none could be made any more. */
export type Shown = boolean | undefined;

/**
 * A set of `items` with which `shows` is true and without any one of which it is not (1-minimal: delta debugging,
 * Zeller and Hildebrandt 2002), given that it is true of all of them and false of none. Found by bisection (QuickXplain,
 * Junker 2004), in about k·log2(n) tests for k of n, and then proven by leaving out one after the other. `shows` need
 * not be monotone: something may hide what the others show. Undefined where a test could not be made.
 */
export async function minimalSet<Item>(
  items: readonly Item[],
  shows: (subset: readonly Item[]) => Promise<Shown>,
): Promise<readonly Item[] | undefined> {
  const found = await bisect(items, shows);
  return found === undefined ? undefined : shrink(found, shows);
}

/** Each step finds one item more that is needed, given those before it: `needed` and `open` together always show. */
async function bisect<Item>(
  items: readonly Item[],
  shows: (subset: readonly Item[]) => Promise<Shown>,
): Promise<readonly Item[] | undefined> {
  const needed: Item[] = [];
  let open = items;
  while (open.length > 0) {
    if (needed.length > 0) {
      const enough = await shows([...needed]);
      if (enough === undefined) return undefined;
      if (enough) break;
    }
    // `needed` with the first `low` of `open` does not show, with the first `high` it does.
    let [low, high] = [0, open.length];
    while (high - low > 1) {
      const middle = low + Math.floor((high - low) / 2);
      const shown = await shows([...needed, ...open.slice(0, middle)]);
      if (shown === undefined) return undefined;
      if (shown) high = middle;
      else low = middle;
    }
    needed.push(...open.slice(high - 1, high));
    open = open.slice(0, high - 1);
  }
  return needed;
}

async function shrink<Item>(
  items: readonly Item[],
  shows: (subset: readonly Item[]) => Promise<Shown>,
): Promise<readonly Item[] | undefined> {
  let kept = items;
  for (let at = 0; at < kept.length && kept.length > 1;) {
    const fewer = kept.filter((_, index) => index !== at);
    const shown = await shows(fewer);
    if (shown === undefined) return undefined;
    // What was needed with more of them around may not be with fewer: from the beginning again.
    [kept, at] = shown ? [fewer, 0] : [kept, at + 1];
  }
  return kept;
}
