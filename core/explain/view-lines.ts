import { isAscii } from 'node:buffer';
import type { Window } from '#core/compare/capture.ts';
import type { ContentView } from '#core/compare/content-view.ts';
import { Interner } from '#core/inspect/interner.ts';

/** The lines of one side's text, without their ends. */
export interface SideLines {
  readonly texts: readonly string[];
  /** Equal lines of either side have equal numbers. */
  readonly ids: Int32Array;
  /** Of the first byte of each line in the content, and behind them of the next one. */
  readonly offsets: Float64Array;
}

export interface ViewLines {
  readonly a: SideLines;
  readonly b: SideLines;
  /** How many numbers there are. */
  readonly count: number;
  /** The number of the empty line. */
  readonly empty: number;
}

let last: { readonly view: WeakRef<ContentView>; readonly lines: ViewLines } | undefined;

/** The lines of a view's texts; undefined for what is no text. Those of one view are held, until another is asked for. */
export function viewLines(view: ContentView): ViewLines | undefined {
  if (last?.view.deref() === view) return last.lines;
  last = undefined;
  if (view.text === undefined) return undefined;
  const interner = new Interner();
  const empty = interner.idOf('');
  const a = linesOf(view.text.a, view.a, interner);
  const b = linesOf(view.text.b, view.b, interner);
  const lines = { a, b, count: interner.size, empty };
  last = { view: new WeakRef(view), lines };
  return lines;
}

/** Lets the lines go that are held. */
export function forgetLines(): void {
  last = undefined;
}

function linesOf(text: string, { bytes, start }: Window, interner: Interner): SideLines {
  const texts = text.split('\n');
  const ids = new Int32Array(texts.length);
  const offsets = new Float64Array(texts.length + 1);
  const ascii = isAscii(bytes);
  let offset = start;
  for (let at = 0; at < texts.length; at += 1) {
    const line = texts[at] ?? '';
    offsets[at] = offset;
    offset += (ascii ? line.length : Buffer.byteLength(line)) + 1;
    const bare = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (bare !== line) texts[at] = bare;
    ids[at] = interner.idOf(bare);
  }
  offsets[texts.length] = offset;
  return { texts, ids, offsets };
}
