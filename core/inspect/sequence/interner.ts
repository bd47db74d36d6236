/** Small whole numbers for texts: the same for the same text, from 0 on. */
export class Interner {
  readonly #known = new Map<string, number>();

  idOf(text: string): number {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const id = this.#known.size;
    this.#known.set(text, id);
    return id;
  }
}
