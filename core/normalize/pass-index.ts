import type { Delta } from '#core/compare/delta.ts';
import type { Pass } from './pass.ts';

/** The name of a field as passes declare it: numbers that count records stand as `#`. */
function declaredName(field: string): string {
  return field.replace(/^tar_global\d+_/, 'tar_global#_');
}

/** Which passes may be asked about a difference, by what they declare to touch: looked up, for there are many of both. */
export class PassIndex {
  readonly #byPlace = new Map<string, Pass[]>();

  constructor(passes: readonly Pass[]) {
    for (const pass of passes) {
      const { formats, fields = [], order, contents } = pass.touches;
      for (const format of formats) {
        for (const field of fields) this.#add(`${format} metadata ${field}`, pass);
        if (order === true) this.#add(`${format} order`, pass);
        if (contents !== undefined) this.#add(`${format} content`, pass);
      }
    }
  }

  #add(place: string, pass: Pass): void {
    this.#byPlace.set(place, [...(this.#byPlace.get(place) ?? []), pass]);
  }

  /** In the order of the list. */
  passesFor({ format, kind, field, path, pathB = path }: Delta): readonly Pass[] {
    const place = field === undefined ? `${format} ${kind}` : `${format} ${kind} ${declaredName(field)}`;
    const passes = this.#byPlace.get(place) ?? [];
    if (kind !== 'content') return passes;
    const names = [path.at(-1) ?? '', pathB.at(-1) ?? ''];
    return passes.filter(({ touches }) => names.every((name) => touches.contents?.names.test(name) === true));
  }
}
