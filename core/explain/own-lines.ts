import type { ContentView } from '#core/compare/content-view.ts';
import { ownCopy } from '#core/text/own-copy.ts';

/** A line of a text that the other side has not. */
export interface OwnLine {
  readonly text: string;
  /** Of its first byte, in the content of its side. */
  readonly offset: number;
}

export interface OwnLines {
  readonly a: readonly OwnLine[];
  readonly b: readonly OwnLine[];
  /** Whether these are all such lines; else there are more of them, or longer ones. */
  readonly complete: boolean;
}

const linesMax = 2000;
const lineMax = 4000;
const known = new WeakMap<ContentView, { readonly lines: OwnLines | undefined }>();

/**
 * The lines that only one side has, wherever they stand, line ends apart; undefined for what is no text. Unlike lines
 * that are paired by their place, these are found where one side has more lines than the other.
 */
export function ownLines(view: ContentView): OwnLines | undefined {
  const found = known.get(view) ?? { lines: findOwnLines(view) };
  known.set(view, found);
  return found.lines;
}

function findOwnLines(view: ContentView): OwnLines | undefined {
  if (view.text === undefined) return undefined;
  const linesA = view.text.a.split('\n');
  const linesB = view.text.b.split('\n');
  const a = linesNotIn(linesA, new Set(linesB.map(withoutReturn)), view.a.start);
  const b = linesNotIn(linesB, new Set(linesA.map(withoutReturn)), view.b.start);
  return { a: a.lines, b: b.lines, complete: a.complete && b.complete };
}

function linesNotIn(
  lines: readonly string[],
  others: ReadonlySet<string>,
  start: number,
): { lines: OwnLine[]; complete: boolean } {
  const own: OwnLine[] = [];
  let complete = true;
  let offset = start;
  for (const line of lines) {
    const text = withoutReturn(line);
    if (!others.has(text)) {
      if (own.length === linesMax) return { lines: own, complete: false };
      if (text.length <= lineMax) own.push({ text: ownCopy(text), offset });
      else complete = false;
    }
    offset += Buffer.byteLength(line) + 1;
  }
  return { lines: own, complete };
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
