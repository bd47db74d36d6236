/** No more work may be done on this pair of contents. */
export class WorkSpent extends Error {
  constructor() {
    super('the units of work are spent');
    this.name = 'WorkSpent';
  }
}

/** Units of work that a look inside may cost: about one a byte read or compared. Never a time. */
export class Work {
  #left: number;

  constructor(units: number) {
    this.#left = units;
  }

  get left(): number {
    return this.#left;
  }

  /** @throws WorkSpent */
  spend(units: number): void {
    this.#left -= units;
    if (this.#left < 0) throw new WorkSpent();
  }
}
