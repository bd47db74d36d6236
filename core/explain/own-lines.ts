import type { ContentView } from '#core/compare/content-view.ts';
import { ownCopy } from '#core/text/own-copy.ts';
import { viewLines, type SideLines } from './view-lines.ts';

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
  const lines = viewLines(view);
  if (lines === undefined) return undefined;
  const a = linesNotIn(lines.a, lines.b, lines.count);
  const b = linesNotIn(lines.b, lines.a, lines.count);
  return { a: a.lines, b: b.lines, complete: a.complete && b.complete };
}

function linesNotIn(
  { texts, ids, offsets }: SideLines,
  other: SideLines,
  count: number,
): { lines: OwnLine[]; complete: boolean } {
  const inOther = new Uint8Array(count);
  for (const id of other.ids) inOther[id] = 1;
  const own: OwnLine[] = [];
  let complete = true;
  for (let at = 0; at < ids.length; at += 1) {
    if (inOther[ids[at] ?? 0] === 1) continue;
    if (own.length === linesMax) return { lines: own, complete: false };
    const text = texts[at] ?? '';
    if (text.length <= lineMax) own.push({ text: ownCopy(text), offset: offsets[at] ?? 0 });
    else complete = false;
  }
  return { lines: own, complete };
}
