/** The order of two texts, by their UTF-16 units. */
export function compareText(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

/** Both names as one text that does not depend on which side is which. */
export function inEitherOrder(one: string, other: string): string {
  return one < other ? `${one}\0${other}` : `${other}\0${one}`;
}
