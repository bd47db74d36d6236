/**
 * Few subsets of `items` such that for any two items some subset has the one and not the other: what one variation hides of
 * another shows in one of them. Each item gets a word of k bits, half of them set, and no such word covers another (Sperner):
 * six subsets for up to 20 items.
 */
export function apart<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length < 2) return [];
  let bits = 2;
  while (balanced(bits).length < items.length) bits += 2;
  const words = balanced(bits);
  return Array.from({ length: bits }, (_, bit) =>
    items.filter((_item, index) => (((words[index] ?? 0) >> bit) & 1) === 1),
  );
}

/** The words of `bits` bits of which half are set. */
function balanced(bits: number): readonly number[] {
  const words = Array.from({ length: 2 ** bits }, (_, word) => word);
  return words.filter((word) => word.toString(2).replaceAll('0', '').length === bits / 2);
}
