import type { Cut, CutKind } from '#schemas/cut.ts';

/** Cuts, each told once however often a bound was met. */
export class Cuts {
  readonly #cuts = new Map<string, Cut>();

  /** @param detail words of ours, at most 200 characters */
  add(kind: CutKind, detail: string): void {
    this.#cuts.set(`${kind} ${detail}`, { kind, detail });
  }

  addAll(cuts: Iterable<Cut>): void {
    for (const { kind, detail } of cuts) this.add(kind, detail);
  }

  /** In one order, whatever order they were made in. */
  list(): Cut[] {
    return [...this.#cuts].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, cut]) => cut);
  }
}
