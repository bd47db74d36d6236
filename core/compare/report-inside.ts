import type { Inspected } from '#core/inspect/inspect.ts';
import { bounded } from '#core/archive/reading.ts';
import type { Inside, Part } from '#schemas/comparison.ts';
import type { Cut } from '#schemas/cut.ts';

const partsEachMaxDefault = 200;
/** Of all contents together, for each that one may have. */
const contentsMax = 100;
const valueMax = 500;

function show(value: string | null): string | null {
  return value === null ? null : bounded(value, valueMax);
}

function toPart({ kind, name, a, b, offset }: Part): Part {
  return {
    kind,
    name: bounded(name, valueMax),
    ...(a === undefined ? {} : { a: show(a) }),
    ...(b === undefined ? {} : { b: show(b) }),
    ...(offset === undefined ? {} : { offset }),
  };
}

/** Lists the parts of differences within one bound for the whole report. */
export class PartsList {
  cut: Cut | undefined;
  readonly #eachMax: number;
  #left: number;

  constructor(eachMax = partsEachMaxDefault) {
    this.#eachMax = eachMax;
    this.#left = contentsMax * eachMax;
  }

  list({ format, parts }: Inspected): Inside {
    const listed = parts.slice(0, Math.min(this.#eachMax, this.#left)).map(toPart);
    this.#left -= listed.length;
    if (listed.length < parts.length) {
      const detail = `at most ${this.#eachMax} places of a content, ${contentsMax * this.#eachMax} in all, are listed`;
      this.cut = { kind: 'unlisted', detail };
    }
    return { format, parts: listed, partsTotal: parts.length };
  }
}
