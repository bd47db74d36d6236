import type { Inspected } from '#core/inspect/inspect.ts';
import { bounded } from '#core/archive/reading.ts';
import type { Inside, Part } from '#schemas/comparison.ts';

const partsEachMax = 200;
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
  cut: string | undefined;
  #left: number;

  constructor(partsMax = 20_000) {
    this.#left = partsMax;
  }

  list({ format, parts }: Inspected): Inside {
    const listed = parts.slice(0, Math.min(partsEachMax, this.#left)).map(toPart);
    this.#left -= listed.length;
    if (listed.length < parts.length) this.cut = `parts: at most ${partsEachMax} of a content are listed`;
    return { format, parts: listed, partsTotal: parts.length };
  }
}
