import type { Entry } from '#core/archive/entry.ts';
import type { Difference } from '#schemas/comparison.ts';

/** What two members of other names were taken for one by. */
export type PairedBy = NonNullable<Difference['pairedBy']>;

/** Two members of other names that are one. */
export interface Rename {
  readonly a: Entry;
  readonly b: Entry;
  readonly by: PairedBy;
  /** One plain sentence, the same from either side. */
  readonly detail: string;
}

/** The members of two files that are each other under another name. Each is in one pair at most. */
export class Renames {
  readonly #ofA = new Map<Entry, Rename>();
  readonly #ofB = new Map<Entry, Rename>();

  /** Whether this member is in no pair yet. */
  isFree(entry: Entry): boolean {
    return !this.#ofA.has(entry) && !this.#ofB.has(entry);
  }

  /** Nothing is done where one of the two is in a pair already. */
  add(rename: Rename): boolean {
    if (!this.isFree(rename.a) || !this.isFree(rename.b)) return false;
    this.#ofA.set(rename.a, rename);
    this.#ofB.set(rename.b, rename);
    return true;
  }

  /** The pair that this member of the first file is in. */
  of(a: Entry): Rename | undefined {
    return this.#ofA.get(a);
  }

  all(): IterableIterator<Rename> {
    return this.#ofA.values();
  }
}
