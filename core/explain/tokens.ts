import type { ContentView } from '#core/compare/content-view.ts';
import { changedLines, type ChangedLine } from './changed-lines.ts';

/** A value that differs in two lines that are the same but for values of its kind. */
export interface TokenPair {
  readonly a: string;
  readonly b: string;
  /** Offset of the value in `a`'s content. */
  readonly offset: number;
}

/** Longer lines are not looked at: every pattern looks at most a bounded number of characters back. */
const lineMax = 4000;

/**
 * The values matching `pattern` (global) by which two lines differ, where they differ by nothing else; undefined
 * otherwise, and for lines too long to look at. `column` is in UTF-16 units of `a`.
 */
export function tokensOnly(
  a: string,
  b: string,
  pattern: RegExp,
): { a: string; b: string; column: number }[] | undefined {
  if (a.length > lineMax || b.length > lineMax) return undefined;
  const foundA = [...a.matchAll(pattern)];
  const foundB = [...b.matchAll(pattern)];
  if (foundA.length === 0 || foundA.length !== foundB.length) return undefined;
  if (a.replace(pattern, '\0') !== b.replace(pattern, '\0')) return undefined;
  return foundA.flatMap((match, index) => {
    const other = foundB[index]?.[0] ?? '';
    return match[0] === other ? [] : [{ a: match[0], b: other, column: match.index }];
  });
}

/**
 * Lines that differ, of a text at their places; of a binary the printable run around the first difference, such as a
 * path between two NULs.
 */
export function differingLines(view: ContentView): readonly ChangedLine[] {
  if (view.text !== undefined) return changedLines(view) ?? [];
  if (view.offset === undefined) return [];
  const at = view.offset - view.a.start;
  const a = runAround(view.a.bytes, at);
  const b = runAround(view.b.bytes, at);
  return a === undefined || b === undefined ? [] : [{ a: a.text, b: b.text, offset: view.a.start + a.start }];
}

const runMax = 1024;

function runAround(bytes: Uint8Array, at: number): { text: string; start: number } | undefined {
  const isPrintable = (index: number): boolean => {
    const byte = bytes[index];
    return byte !== undefined && byte >= 0x20 && byte < 0x7f;
  };
  let start = at;
  while (start > 0 && at - start < runMax && isPrintable(start - 1)) start -= 1;
  let end = at;
  while (end - at < runMax && isPrintable(end)) end += 1;
  return end - start < 4
    ? undefined
    : { text: Buffer.from(bytes.subarray(start, end)).toString('latin1'), start };
}

/** The values matching `pattern` by which the lines of two contents differ, at most `max`. */
export function differingTokens(view: ContentView, pattern: RegExp, max = 5): TokenPair[] {
  const pairs: TokenPair[] = [];
  for (const line of differingLines(view)) {
    for (const { a, b, column } of tokensOnly(line.a, line.b, pattern) ?? []) {
      pairs.push({ a, b, offset: line.offset + Buffer.byteLength(line.a.slice(0, column)) });
      if (pairs.length === max) return pairs;
    }
  }
  return pairs;
}
