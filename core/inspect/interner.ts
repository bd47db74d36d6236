/** Gives equal texts equal numbers, from 0 on: what is made of many is then compared without being spelled out. */
export class Interner {
  readonly #ids = new Map<string, number>();

  /** How many numbers were given. */
  get size(): number {
    return this.#ids.size;
  }

  idOf(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#ids.size;
    this.#ids.set(text, id);
    return id;
  }
}
