import { readable } from './text/decode-text.ts';

const excerptMax = 240;
const before = 60;

function firstDifference(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a[at] === b[at]) at += 1;
  return at;
}

function cut(utf8: string, at: number): string {
  if (utf8.length <= excerptMax) return readable(utf8);
  const start = Math.max(0, Math.min(at - before, utf8.length - excerptMax));
  const end = Math.min(utf8.length, start + excerptMax);
  return `${start > 0 ? '…' : ''}${readable(utf8.slice(start, end))}${end < utf8.length ? '…' : ''}`;
}

/** Two texts (`Text.utf8`) as a report shows them: what is long, around the first difference. */
export function excerpts(a: string, b: string): { a: string; b: string } {
  const at = Math.max(a.length, b.length) <= excerptMax ? 0 : firstDifference(a, b);
  return { a: cut(a, at), b: cut(b, at) };
}

/** The beginning of a text (`Text.utf8`) as a report shows it. */
export function excerpt(text: string): string {
  return cut(text, 0);
}
