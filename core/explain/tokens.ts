import type { ContentView } from '#core/compare/content-view.ts';
import { alignLines } from './aligned-lines.ts';
import type { ChangedLine } from './line.ts';
import { hideValues } from './values.ts';

/** A value that differs in two lines that are the same but for values of its kind. */
export interface TokenPair {
  readonly a: string;
  readonly b: string;
  /** Offset of the value in `a`'s content. */
  readonly offset: number;
}

/** Longer lines are looked at around what differs: every pattern looks at most a bounded number of characters back. */
const lineMax = 4000;
const around = 80;
const tokensMax = 5;

/** The part of two lines in which they differ, with what stands before and behind it; undefined where that is too long. */
function cutLong({ a, b, offset }: ChangedLine): ChangedLine | undefined {
  if (a.length <= lineMax && b.length <= lineMax) return { a, b, offset };
  const shorter = Math.min(a.length, b.length);
  let prefix = 0;
  while (prefix < shorter && a[prefix] === b[prefix]) prefix += 1;
  let suffix = 0;
  while (suffix < shorter - prefix && a[a.length - 1 - suffix] === b[b.length - 1 - suffix]) suffix += 1;
  const start = Math.max(0, prefix - around);
  const cut = (line: string) => line.slice(start, line.length - Math.max(0, suffix - around));
  const [one, other] = [cut(a), cut(b)];
  if (one.length > lineMax || other.length > lineMax) return undefined;
  return { a: one, b: other, offset: offset + Buffer.byteLength(a.slice(0, start)) };
}

/**
 * The values matching `pattern` (global) by which two lines differ, where they differ by nothing else but values of
 * other known kinds (`values.ts`); undefined otherwise, and for lines too long to look at. `column` is in UTF-16 units
 * of `a`.
 */
export function tokensOnly(
  a: string,
  b: string,
  pattern: RegExp,
): { a: string; b: string; column: number }[] | undefined {
  if (a.length > lineMax || b.length > lineMax) return undefined;
  const foundA = [...a.matchAll(pattern)];
  if (foundA.length === 0) return undefined;
  const foundB = [...b.matchAll(pattern)];
  if (foundA.length !== foundB.length) return undefined;
  const [restA, restB] = [a.replace(pattern, '\0'), b.replace(pattern, '\0')];
  if (restA !== restB && hideValues(restA) !== hideValues(restB)) return undefined;
  return foundA.flatMap((match, index) => {
    const other = foundB[index]?.[0] ?? '';
    return match[0] === other ? [] : [{ a: match[0], b: other, column: match.index }];
  });
}

/** Lines of two texts, or printable runs of two binaries, that are each other, changed; of long ones what differs. */
export function differingLines(view: ContentView): readonly ChangedLine[] {
  return alignLines(view).changed.flatMap((line) => cutLong(line) ?? []);
}

/** The values matching `pattern` by which the lines of two contents differ, and that `claims` accepts; at most 5. */
export function differingTokens(
  view: ContentView,
  pattern: RegExp,
  claims: (pair: Pick<TokenPair, 'a' | 'b'>) => boolean = () => true,
): TokenPair[] {
  const pairs: TokenPair[] = [];
  for (const line of differingLines(view)) {
    for (const pair of tokensOnly(line.a, line.b, pattern) ?? []) {
      if (!claims(pair)) continue;
      const { a, b, column } = pair;
      pairs.push({ a, b, offset: line.offset + Buffer.byteLength(line.a.slice(0, column)) });
      if (pairs.length === tokensMax) return pairs;
    }
  }
  return pairs;
}
